import type { Billing, EventRecord, TransactionKind } from '@countersign/core'
import type { EventQueue } from './event-queue.ts'

/** A sweep looks at so many events at most; the rest is looked at when these are done. */
const PAGES = 20
const PAGE_SIZE = 500

/**
 * Gives a job to events that wait and should have run by now: their job was purged, has
 * expired, ended with its worker, or never was, since the event is older than the engine.
 *
 * @param overdueMs How late an event may be, in milliseconds.
 * @returns How many events are overdue. A job that waits already is not added to.
 */
export async function sweep<Tx extends TransactionKind>(
  { mode, store }: Billing<Tx>,
  queue: EventQueue,
  overdueMs: number,
): Promise<number> {
  const latest = Date.now() - overdueMs
  const query = { livemode: mode === 'live', states: ['received', 'failed'] } as const
  let count = 0
  let after: string | undefined
  for (let page = 1; page <= PAGES; page += 1) {
    const { events, next } = await store.recovery.list(query, {
      limit: PAGE_SIZE,
      ...(after !== undefined && { after }),
    })
    const jobs = events
      .filter((event) => dueSince(event, queue) < latest)
      .map(({ key }) => ({ data: key }))
    if (jobs.length > 0) await queue.insert(jobs)
    count += jobs.length
    if (next === undefined) break
    after = next
  }
  return count
}

/** When its job must have begun at the latest, had all gone well, in milliseconds since 1970-01-01 UTC. */
function dueSince(
  { state, receivedAt, requeuedAt = 0, retryAt = 0, startedAt = 0 }: EventRecord,
  { longestDelayMs }: EventQueue,
): number {
  // The wait is pg-boss's own, and may be longer than the one that the inbox has noted.
  if (state === 'failed') return retryAt + longestDelayMs
  return Math.max(receivedAt, requeuedAt, startedAt)
}
