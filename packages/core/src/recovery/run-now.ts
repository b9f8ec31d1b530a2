import type { Settings } from '../billing/settings.ts'
import { runClaimed } from '../processing/run-claimed.ts'
import type { EventKey } from '../store/delivery.ts'
import { nameOf } from '../store/name-of.ts'
import type { TransactionKind } from '../store/transaction.ts'
import { claimEvents } from '../worker/event-source.ts'
import { pause } from './pause.ts'

/** Live events of the same objects are in the way for a moment: it waits for them this often, and so many milliseconds. */
const PAUSES = 5
const PAUSE_MS = 1_000

/** What became of events that were to be run. */
export interface RunTally {
  processed: number
  failed: number
  /** For a worker: nobody ran them here. */
  waiting: number
}

/** How many events are taken at once: inline, no more than run beside each other, so that little is under way when it has to stop. */
export function batchSize<Tx extends TransactionKind>({
  processing,
  worker,
}: Settings<Tx>): number {
  return processing === 'inline' ? worker.concurrency : 100
}

/**
 * Runs events that are stored, where `processing` is `inline`; else they are a worker's. Of
 * one object one runs after the other.
 *
 * @param keys As many as {@link batchSize} says, at most.
 */
export async function runNow<Tx extends TransactionKind>(
  settings: Settings<Tx>,
  keys: readonly EventKey[],
): Promise<RunTally> {
  const tally: RunTally = { processed: 0, failed: 0, waiting: keys.length }
  if (settings.processing === 'durable') return tally
  const { signal } = new AbortController()
  let left = keys
  let pauses = 0
  while (left.length > 0 && pauses < PAUSES) {
    const { items, nextDueAt } = await claimEvents(settings, left.length, left)
    if (items.length === 0 && nextDueAt === undefined) {
      // A worker, or another delivery, has been faster.
      tally.processed += left.length
      left = []
    } else if (items.length === 0) {
      pauses += 1
      await pause(settings.clock, PAUSE_MS)
    }
    await Promise.all(
      items.map(async (event) => {
        const result = await runClaimed(event, settings.retries.limit, settings, signal)
        tally[result === 'done' ? 'processed' : 'failed'] += 1
      }),
    )
    const taken = new Set(items.map(({ lease }) => nameOf(lease.key)))
    left = left.filter((key) => !taken.has(nameOf(key)))
  }
  tally.waiting = left.length
  return tally
}
