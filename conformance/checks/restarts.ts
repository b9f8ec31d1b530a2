import { type Check, check } from '../src/catalogue/check.ts'
import type { FixtureEvent } from '../src/fixtures/fixture.ts'
import type { CheckContext } from '../src/runner/check-context.ts'
import { CheckFailure } from '../src/runner/check-failure.ts'
import { nowInSeconds } from '../src/signer/sign.ts'
import { begun, deliverInTheEnd } from './redeliver.ts'

const DUPLICATE = 'webhook.idempotency.duplicate-once'

/** Longer than anybody holds an event, in seconds. */
const LEASE_S = 3_600
/** How long an event may be held where the clock cannot be set, in milliseconds. */
const PATIENCE_MS = 90_000

/** What is left of an event when the target ends in the middle, as a process does that is killed. */
export const restarts: readonly Check[] = [
  check({
    id: 'webhook.idempotency.crash-then-redeliver',
    requirement: 'WH-IDEM-08',
    title:
      'An event whose handler was in the middle when the process was killed acts once when it is delivered again',
    dependsOn: [DUPLICATE],
    hint: 'Commit the effects and the mark that the event is done in one transaction. Whoever is at work on an event holds it for a limited time only.',
    isAlone: true,
    run: async (t) => {
      const event = t.event({ instruction: 'sleep:300' })
      const delivery = t.send(t.webhook(event))
      await begun(t, event)
      await t.restart()
      await delivery
      await expectActedOnce(t, event)
      await t.expectAccepted(t.webhook(event))
    },
  }),
  check({
    id: 'webhook.idempotency.once-across-restart',
    requirement: 'WH-IDEM-09',
    title: 'An event that was acknowledged before a restart acts once in all',
    dependsOn: [DUPLICATE],
    feature: 'durable-store',
    hint: 'Keep which events have been handled, and what they did, where a restart does not reach them.',
    isAlone: true,
    run: async (t) => {
      const event = t.event()
      await t.expectAccepted(t.webhook(event))
      await t.restart()
      await t.expectEffects(event, 1)
      await t.expectAccepted(t.webhook(event))
      const { objectId, key } = event
      await t.expectAccepted(t.webhook(t.event({ objectId, key })))
    },
  }),
  check({
    id: 'webhook.idempotency.acknowledges-after-storing',
    requirement: 'WH-IDEM-10',
    title:
      'Where events are processed durably, one that was acknowledged acts once although the process was killed right after the 2xx',
    dependsOn: [DUPLICATE],
    feature: 'durable-processing',
    hint: 'Answer when the event is on disk, with the bytes that its handler needs, and let the worker look for what it has not finished when it starts.',
    isAlone: true,
    run: async (t) => {
      const events = [t.event({ instruction: 'sleep:100' }), t.event()]
      await Promise.all(
        events.map(async (event) =>
          t.expectStatus(await t.send(t.webhook(event)), '2xx'),
        ),
      )
      await t.restart()
      await withClockAhead(t, async () => {
        for (const event of events)
          await t.expectEffects(event, 1, t.has('clock') ? undefined : PATIENCE_MS)
      })
      for (const event of events) await t.expectAccepted(t.webhook(event))
    },
  }),
]

/** Delivers an event that a crash has left behind until nobody holds it any more; then it has acted once. */
async function expectActedOnce(t: CheckContext, event: FixtureEvent): Promise<void> {
  await withClockAhead(t, async () => {
    const ahead = t.has('clock') ? LEASE_S : 0
    const patienceMs = t.has('clock') ? t.subject.timeoutMs : PATIENCE_MS
    await deliverInTheEnd(t, event, { timestamp: nowInSeconds() + ahead, patienceMs })
    const { effects } = await t.whenActed(
      () => t.recording(event),
      (recording) => recording.effects.length > 0,
    )
    if (effects.length !== 1)
      throw new CheckFailure('exactly one effect after the crash', String(effects.length))
  })
}

async function withClockAhead(t: CheckContext, run: () => Promise<void>): Promise<void> {
  const { probe } = t.subject
  if (t.has('clock')) await probe.setClock(LEASE_S * 1_000)
  try {
    await run()
  } finally {
    if (t.has('clock')) await probe.setClock(0)
  }
}
