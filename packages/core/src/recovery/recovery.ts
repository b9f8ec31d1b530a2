import type { Settings } from '../billing/settings.ts'
import type { EventState } from '../store/inbox-store.ts'
import type { EventRecord } from '../store/recovery-store.ts'
import type { TransactionKind } from '../store/transaction.ts'
import { type CatchUpOptions, type CatchUpResult, catchUp } from './catch-up.ts'
import { pagesOf } from './pages-of.ts'
import { type PruneOptions, type PruneResult, prune } from './prune.ts'
import { recoveryRefused } from './recovery-refused.ts'
import { type ReplayOptions, type ReplayResult, runAgain } from './run-again.ts'
import { type ReplaySelection, toList, toQuery } from './selection.ts'

/**
 * Recovers what was missed. Every method may be called twice, by several processes, and beside
 * live traffic; each rejects when the store cannot be reached. With `processing: 'inline'` events are run at
 * once, in this process; in durable mode they are made to wait, and a worker runs them.
 */
export interface Recovery {
  /**
   * Runs events of the inbox again, with every handler. Effects stay once, by their
   * keys. Rejects with `recovery_refused` for a selection that would select everything by mistake.
   */
  readonly replay: (
    selection: ReplaySelection,
    options?: ReplayOptions,
  ) => Promise<ReplayResult>
  /** The events that have failed as often as they may, in the order in which they were received. */
  readonly deadLetters: () => AsyncIterable<EventRecord>
  /**
   * Runs events again that are dead, failed or unmatched, with their attempts counted anew.
   * Handlers that have finished do not run again.
   *
   * @param which `evt_…`, several of them, or `all`.
   */
  readonly retry: (
    which: string | readonly string[],
    options?: ReplayOptions,
  ) => Promise<ReplayResult>
  /**
   * Decides that an event shall not run, neither when it is delivered again nor by `retry`.
   *
   * @param reason Kept with the event, for whoever asks later. Without one it rejects with `recovery_refused`.
   * @returns Whether it did: not when the event is unknown, processed, or being run at the moment.
   */
  readonly skip: (id: string, reason: string) => Promise<boolean>
  /** Deletes what is old, in small batches. Rejects with `recovery_refused` for an age that is not safe. */
  readonly prune: (options: PruneOptions) => Promise<PruneResult>
  /**
   * Reads from Stripe what has happened, and takes in, oldest first, what was never delivered
   * here. Rejects with `recovery_unavailable` when Stripe cannot be asked; what was taken in until then is kept.
   *
   * Source: https://docs.stripe.com/api/events/list
   */
  readonly catchUp: (options?: CatchUpOptions) => Promise<CatchUpResult>
}

const UNFINISHED: readonly EventState[] = ['dead', 'failed', 'unmatched']

export function createRecovery<Tx extends TransactionKind>(
  settings: Settings<Tx>,
): Recovery {
  const { clock, mode, store } = settings
  const livemode = mode === 'live'

  async function* deadLetters(): AsyncGenerator<EventRecord, undefined> {
    const query = { livemode, states: ['dead'] } as const
    for await (const events of pagesOf(store.recovery, query, 100)) yield* events
  }

  return {
    replay: async (selection, options = {}) =>
      runAgain(settings, toQuery(selection, livemode), true, options),

    deadLetters,

    async retry(which, options = {}) {
      const unfinished = { livemode, states: UNFINISHED }
      const query = which === 'all' ? unfinished : { ...unfinished, ids: toList(which) }
      return runAgain(settings, query, false, options)
    },

    async skip(id, reason) {
      if (typeof reason !== 'string' || reason.trim() === '') {
        throw recoveryRefused(
          `skip: ${id} was given no reason. Say why it shall not run, for whoever asks later.`,
        )
      }
      let hasSkipped = false
      for await (const events of pagesOf(store.recovery, { livemode, ids: [id] }, 100)) {
        for (const { key } of events) {
          const options = { now: clock.now(), reason }
          hasSkipped = (await store.recovery.skip(key, options)) || hasSkipped
        }
      }
      return hasSkipped
    },

    prune: (options) => prune(settings, options),

    catchUp: (options = {}) => catchUp(settings, options),
  }
}
