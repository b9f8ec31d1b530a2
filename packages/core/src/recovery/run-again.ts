import type { Settings } from '../billing/settings.ts'
import type { EventQuery, EventRecord } from '../store/recovery-store.ts'
import type { TransactionKind } from '../store/transaction.ts'
import { findBinding } from '../webhooks/find-binding.ts'
import { pagesOf } from './pages-of.ts'
import { batchSize, runNow } from './run-now.ts'

/** How `replay` and `retry` go about it. */
export interface ReplayOptions {
  /** Is told how far it is, after each batch. */
  readonly onProgress?: (progress: ReplayProgress) => void
  /** When it aborts, the batch that is being worked on is finished, and the rest is left. */
  readonly signal?: AbortSignal
  /**
   * Goes on with a run that was interrupted: the `asOf` of its progress, or of its result. What
   * that run has made to run again already does not run once more.
   */
  readonly asOf?: number
}

export interface ReplayProgress {
  /** When it began, in milliseconds since 1970-01-01 UTC. What is received later is no part of it. */
  readonly asOf: number
  /** Events that match. */
  readonly seen: number
  /** Events that were made to run again. */
  readonly requeued: number
  /** Events whose body was pruned, so that they cannot run again. */
  readonly unavailable: number
  /** Events that are being run at the moment, that wait already, or of an account that no secret is for. */
  readonly leftAlone: number
  /** Inline: events that have run to their end. In durable mode a worker runs them, and this stays 0. */
  readonly processed: number
  /** Inline: events that have failed once more. */
  readonly failed: number
}

export interface ReplayResult extends ReplayProgress {
  /** `false` when it was aborted: call it again with `asOf` to go on. */
  readonly isComplete: boolean
}

/** @param again Whether handlers that have finished run once more. */
export async function runAgain<Tx extends TransactionKind>(
  settings: Settings<Tx>,
  query: EventQuery,
  again: boolean,
  { asOf: given, onProgress, signal }: ReplayOptions,
): Promise<ReplayResult> {
  const { clock, store } = settings
  const asOf = given ?? clock.now()
  const tally = { seen: 0, requeued: 0, unavailable: 0, processed: 0, failed: 0 }
  const progress = (): ReplayProgress => {
    const { seen, requeued, unavailable } = tally
    return { asOf, ...tally, leftAlone: seen - requeued - unavailable }
  }

  async function run(events: readonly EventRecord[]): Promise<void> {
    const { processed, failed } = await runNow(
      settings,
      events.map(({ key }) => key),
    )
    tally.processed += processed
    tally.failed += failed
    onProgress?.(progress())
  }

  async function requeue(events: readonly EventRecord[]): Promise<void> {
    const usable = events.filter((event) => event.hasBody && belongsHere(event, settings))
    // Should the clock have jumped back, an event that has run must still not run once more.
    const now = Math.max(clock.now(), asOf)
    const keys = usable.map(({ key }) => key)
    tally.requeued += await store.recovery.requeue(keys, { now, again })
    tally.seen += events.length
    tally.unavailable += events.filter(({ hasBody }) => !hasBody).length
    await run(usable)
  }

  const limit = batchSize(settings)
  if (given !== undefined && settings.processing === 'inline') {
    // A process that was killed may have requeued a batch without having run it.
    const waiting = { ...query, states: ['received'] } as const
    for await (const events of pagesOf(store.recovery, waiting, limit)) {
      if (signal?.aborted) return { ...progress(), isComplete: false }
      await run(events.filter(({ requeuedAt = 0 }) => requeuedAt >= asOf))
    }
  }
  const fresh = { ...query, notRequeuedSince: asOf }
  for await (const page of pagesOf(store.recovery, fresh, limit)) {
    if (signal?.aborted) return { ...progress(), isComplete: false }
    const events = page.filter(({ receivedAt }) => receivedAt <= asOf)
    // Only live traffic is left, and that never ends.
    if (events.length === 0) break
    await requeue(events)
  }
  return { ...progress(), isComplete: true }
}

/** What was set aside because it is of another account must not act by way of a replay. */
function belongsHere<Tx extends TransactionKind>(
  { key, endpoint }: EventRecord,
  { bindings, mode }: Settings<Tx>,
): boolean {
  const all = bindings.flat()
  const ofEndpoint = all.filter((binding) => binding.endpoint === endpoint)
  const candidates = ofEndpoint.length > 0 ? ofEndpoint : all
  return findBinding(key, candidates, mode).foreignness === undefined
}
