import type { Settings } from '../billing/settings.ts'
import { runClaimed } from '../processing/run-claimed.ts'
import type { EventKey } from '../store/delivery.ts'
import { nameOf } from '../store/name-of.ts'
import type { TransactionKind } from '../store/transaction.ts'
import { claimEvents } from './event-source.ts'
import type { RunResult } from './source.ts'

/** An event that an engine wants to be run now. */
export interface EngineJob {
  readonly key: EventKey
  /** Whether the engine will not come again for it: if it fails now, it is dead. */
  readonly isLastAttempt: boolean
  /**
   * After so many attempts it is dead, even if the engine would come again. The inbox counts
   * them, those that ended with their process included. Default: no limit but the engine's.
   */
  readonly limit?: number
}

/** `busy`: another event of its object, or it itself, is being run elsewhere, so the engine has to come again. */
export type EngineResult = RunResult | 'busy'

/**
 * Runs these events at once, those of one object one after the other.
 *
 * @returns What became of each, in the order of the jobs. Of an event that was done
 *   already: `done`. Rejects when the store cannot be reached.
 */
export async function processEvents<Tx extends TransactionKind>(
  settings: Settings<Tx>,
  jobs: readonly EngineJob[],
  stopping: AbortSignal,
): Promise<readonly EngineResult[]> {
  const results = new Map<string, EngineResult>()
  let left = jobs
  while (left.length > 0 && !stopping.aborted) {
    // An engine may have two jobs for one event, and their handlers would share its lease.
    const keys = [...new Map(left.map(({ key }) => [nameOf(key), key])).values()]
    const { items, nextDueAt } = await claimEvents(settings, keys.length, keys)
    if (items.length === 0) {
      const result = nextDueAt === undefined ? 'done' : 'busy'
      return jobs.map(({ key }) => results.get(nameOf(key)) ?? result)
    }
    await Promise.all(
      items.map(async (event) => {
        const name = nameOf(event.lease.key)
        const job = left.find(({ key }) => nameOf(key) === name)
        const { attempt } = event.lease
        const most = job?.limit ?? Number.POSITIVE_INFINITY
        const limit = job?.isLastAttempt ? Math.min(attempt, most) : most
        results.set(name, await runClaimed(event, limit, settings, stopping))
      }),
    )
    left = left.filter(({ key }) => !results.has(nameOf(key)))
  }
  return jobs.map(({ key }) => results.get(nameOf(key)) ?? 'given_back')
}
