import { type Check, check } from '../src/catalogue/check.ts'
import type { FixtureEvent } from '../src/fixtures/fixture.ts'
import type { CheckContext } from '../src/runner/check-context.ts'
import { CheckFailure } from '../src/runner/check-failure.ts'

/** At this moment, and not a little later. */
async function expectCommitted(t: CheckContext, event: FixtureEvent): Promise<void> {
  const { effects } = await t.recording(event)
  if (effects.length !== 1) {
    throw new CheckFailure(
      'the effect to be there when a 2xx comes',
      `${effects.length} effects`,
    )
  }
}

const DUPLICATE = 'webhook.idempotency.duplicate-once'

export const idempotency: readonly Check[] = [
  check({
    id: DUPLICATE,
    requirement: 'WH-IDEM-01',
    title: 'An event that is delivered again is answered with a 2xx, and acts once',
    run: async (t) => {
      const event = t.event()
      await t.expectAccepted(t.webhook(event))
      await t.expectAccepted(t.webhook(event))
      await t.expectAccepted(t.webhook(event))
    },
  }),
  check({
    id: 'webhook.idempotency.concurrent-once',
    requirement: 'WH-IDEM-02',
    title:
      'An event that is delivered five times at once acts once, and a 2xx means that it has, or is stored where it is processed durably',
    hint: 'While a first delivery is at work, answer the others with a 409 or a 503, not with a 2xx.',
    isPatient: true,
    run: async (t) => {
      const event = t.event({ instruction: 'sleep:400' })
      await Promise.all(
        [1, 2, 3, 4, 5].map(async () => {
          const { response } = await t.send(t.webhook(event))
          const isAccepted = response !== undefined && response.status < 300
          if (isAccepted && !t.has('durable-processing')) await expectCommitted(t, event)
        }),
      )
      await t.expectAccepted(t.webhook(event))
    },
  }),
  check({
    id: 'webhook.idempotency.acknowledges-after-commit',
    requirement: 'WH-IDEM-03',
    title: 'A 2xx comes only when the effect has been committed',
    hint: 'Await the handler before you answer. A receiver that stores events and works later names the feature durable-processing.',
    unlessFeature: 'durable-processing',
    isPatient: true,
    run: async (t) => {
      // Long enough that a busy machine has asked by then.
      const event = t.event({ instruction: 'sleep:400' })
      t.expectStatus(await t.send(t.webhook(event)), '2xx')
      await expectCommitted(t, event)
    },
  }),
  check({
    id: 'webhook.idempotency.retry-after-failure',
    requirement: 'WH-IDEM-04',
    title:
      'A handler that throws leads to a 5xx; the next delivery runs it again, and it acts once',
    dependsOn: [DUPLICATE],
    unlessFeature: 'durable-processing',
    hint: 'Mark an event as seen together with its effects, not before.',
    run: async (t) => {
      const event = t.event({ instruction: 'throw-once' })
      t.expectStatus(await t.send(t.webhook(event)), '5xx')
      await t.expectEffects(event, 0)
      await t.expectAccepted(t.webhook(event))
      await t.expectAccepted(t.webhook(event))
    },
  }),
  check({
    id: 'webhook.idempotency.retry-by-worker',
    requirement: 'WH-IDEM-04',
    title:
      'Where events are processed durably, a handler that throws is run again without another delivery, and acts once',
    dependsOn: [DUPLICATE],
    feature: 'durable-processing',
    hint: 'Keep a failed event with the time at which it is tried again, and let the worker look for it: Stripe has been told that it is dealt with.',
    run: async (t) => {
      const event = t.event({ instruction: 'throw-once' })
      await t.expectAccepted(t.webhook(event))
      const { attempts } = await t.recording(event)
      if (attempts.length !== 2)
        throw new CheckFailure('two runs of its handler', String(attempts.length))
      await t.expectAccepted(t.webhook(event))
    },
  }),
  check({
    id: 'webhook.idempotency.second-event-id',
    requirement: 'WH-IDEM-05',
    title: 'One change that Stripe reports under two event ids acts once',
    dependsOn: [DUPLICATE],
    hint: 'Give each effect a business key of its own (object and type), beside the id of the event.',
    run: async (t) => {
      const { objectId, key, ...first } = t.event()
      await t.expectAccepted(t.webhook({ objectId, key, ...first }))
      await t.expectAccepted(t.webhook(t.event({ objectId, key })))
    },
  }),
  check({
    id: 'webhook.idempotency.different-events-one-object',
    requirement: 'WH-IDEM-06',
    title: 'Different events about one object all act',
    dependsOn: [DUPLICATE],
    run: async (t) => {
      const first = t.event({ type: 'invoice.finalized' })
      await t.expectAccepted(t.webhook(first))
      const { objectId, key } = first
      const second = t.event({ objectId, key, type: 'invoice.paid' })
      t.expectStatus(await t.send(t.webhook(second)), '2xx')
      await t.expectEffects(second, 2)
    },
  }),
]
