import { setTimeout as sleep } from 'node:timers/promises'
import type { FixtureEvent } from '../src/fixtures/fixture.ts'
import type { CheckContext } from '../src/runner/check-context.ts'

/** Resolves when a handler has been entered, or when that has taken too long. */
export async function begun(t: CheckContext, event: FixtureEvent): Promise<void> {
  const deadline = performance.now() + t.subject.timeoutMs
  for (let pause = 2; performance.now() < deadline; pause *= 2) {
    if ((await t.recording(event)).attempts.length > 0) return
    await sleep(pause)
  }
}

/** Delivers an event as often as it takes to get a 2xx, as Stripe does. */
export async function deliverInTheEnd(
  t: CheckContext,
  event: FixtureEvent,
  {
    timestamp,
    patienceMs = t.subject.timeoutMs,
  }: {
    /** Of the signature, in seconds. Default: now. */
    readonly timestamp?: number | undefined
    readonly patienceMs?: number
  } = {},
): Promise<void> {
  const deadline = performance.now() + patienceMs
  const options = timestamp === undefined ? {} : { timestamp }
  for (let pause = 10; ; pause = Math.min(pause * 2, 1_000)) {
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
