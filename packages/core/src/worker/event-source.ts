import type { Settings } from '../billing/settings.ts'
import { answerOf } from '../processing/answer-of-store.ts'
import { leaseMs } from '../processing/lease-ms.ts'
import { type LeasedEvent, runClaimed } from '../processing/run-claimed.ts'
import type { EventKey } from '../store/delivery.ts'
import type { TransactionKind } from '../store/transaction.ts'
import type { Source } from './source.ts'

export function eventSource<Tx extends TransactionKind>(
  settings: Settings<Tx>,
): Source<LeasedEvent> {
  return {
    name: 'event',
    claim: (limit) => claimEvents(settings, limit),
    run: (event, stopping) =>
      runClaimed(event, settings.retries.limit, settings, stopping),
  }
}

/** @param keys Only these events. */
export async function claimEvents<Tx extends TransactionKind>(
  settings: Settings<Tx>,
  limit: number,
  keys?: readonly EventKey[],
): Promise<{
  readonly items: readonly LeasedEvent[]
  readonly nextDueAt: number | undefined
}> {
  const { clock, mode, store } = settings
  const claimedAt = clock.now()
  const options = {
    now: claimedAt,
    leaseMs: leaseMs(settings),
    livemode: mode === 'live',
    limit,
    ...(keys !== undefined && { keys }),
  }
  const { events, nextDueAt } = await answerOf(store.claimNext(options), settings)
  return { items: events.map((event) => ({ ...event, claimedAt })), nextDueAt }
}
