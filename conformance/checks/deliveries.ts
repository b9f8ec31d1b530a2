import { setTimeout as sleep } from 'node:timers/promises'
import { type Check, check } from '../src/catalogue/check.ts'
import type { FixtureEvent } from '../src/fixtures/fixture.ts'
import { leaveBeforeAnswer } from '../src/probe/leave-before-answer.ts'
import type { CheckContext } from '../src/runner/check-context.ts'
import { nowInSeconds } from '../src/signer/sign.ts'
import { payWithCard } from './card-run.ts'

const DUPLICATE = 'webhook.idempotency.duplicate-once'
const PAID = 'cards.succeeds'
/** The events of a payment that targets have handlers for. */
const HANDLED = ['payment_intent.created', 'payment_intent.succeeded', 'charge.succeeded']

/** What may befall a webhook on its way. */
export const dispatchOfDeliveries: readonly Check[] = [
  check({
    id: 'webhook.dispatch.reversed-order',
    requirement: 'WH-ORDER-01',
    title:
      'Events that come in the reverse of their order each act once, and leave the same behind',
    dependsOn: [DUPLICATE, PAID],
    hint: 'Let no event take back what a later one has settled: `payment_intent.created` may come last.',
    run: async (t) => {
      const payment = await payWithCard(t, 'pm_card_visa')
      const events = await payment.events()
      await payment.deliver(events.toReversed())
      await payment.expectEffects(events, ...HANDLED)
      await payment.expectAccess(true)
      // And now in their order: all of them for the second time.
      await payment.expectEvents(...HANDLED)
      await payment.expectAccess(true)
    },
  }),
]

export const idempotencyOfDeliveries: readonly Check[] = [
  check({
    id: 'webhook.idempotency.retry-after-lost-answer',
    requirement: 'WH-IDEM-07',
    title:
      'An event whose sender was gone before the answer comes again with a new signature, and acts once',
    dependsOn: [DUPLICATE],
    hint: 'Tell an event by its id: a retry has a time and a signature of its own. Nothing may wait for the end of an answer that nobody reads.',
    run: async (t) => {
      const event = t.event({ instruction: 'sleep:30' })
      const now = nowInSeconds()
      const first = t.webhook(event, { timestamp: now - 120 })
      await leaveBeforeAnswer(t.subject.probe.url, first, () => begun(t, event))
      await expectInTheEnd(t, event, now)
      await t.expectAccepted(t.webhook(event, { timestamp: now }))
    },
  }),
  check({
    id: 'webhook.idempotency.second-event-id-at-once',
    requirement: 'WH-IDEM-05',
    title:
      'One change that Stripe reports under two event ids at the same time acts once',
    dependsOn: [DUPLICATE, 'webhook.idempotency.second-event-id'],
    hint: 'Look for the business key in the transaction that records it, not before.',
    run: async (t) => {
      const first = t.event({ instruction: 'sleep:50' })
      const { objectId, key, instruction } = first
      const second = t.event({ objectId, key, instruction })
      await Promise.all([first, second].map((event) => expectInTheEnd(t, event)))
      await t.expectEffects(first, 1)
    },
  }),
]

/** Resolves when a handler has been entered, or when that has taken too long. */
async function begun(t: CheckContext, event: FixtureEvent): Promise<void> {
  const deadline = performance.now() + t.subject.timeoutMs
  for (let pause = 2; performance.now() < deadline; pause *= 2) {
    if ((await t.recording(event)).attempts.length > 0) return
    await sleep(pause)
  }
}

/** Delivers an event as often as it takes to get a 2xx, as Stripe does. */
async function expectInTheEnd(
  t: CheckContext,
  event: FixtureEvent,
  timestamp?: number,
): Promise<void> {
  const deadline = performance.now() + t.subject.timeoutMs
  const options = timestamp === undefined ? {} : { timestamp }
  for (let pause = 10; ; pause *= 2) {
    const exchange = await t.send(t.webhook(event, options))
    const { response } = exchange
    const isOver = performance.now() > deadline
    if (isOver || (response !== undefined && response.status < 300)) {
      t.expectStatus(exchange, '2xx')
      return
    }
    await sleep(pause)
  }
}
