import type { EventKey } from './delivery.ts'
import type { EventState } from './inbox-store.ts'

/** Which events; what is left out does not narrow. Times are milliseconds since 1970-01-01 UTC. */
export interface EventQuery {
  readonly livemode: boolean
  /** `evt_…`, of any account. */
  readonly ids?: readonly string[]
  readonly types?: readonly string[]
  readonly states?: readonly EventState[]
  /** Received at this time or later. */
  readonly receivedSince?: number
  /** Not asked for by {@link RecoveryStore.requeue} at this time or later. */
  readonly notRequeuedSince?: number
}

/** What a store knows about an event, its body aside. */
export interface EventRecord {
  readonly key: EventKey
  readonly type: string
  readonly objectId: string
  readonly endpoint: string | undefined
  /** Seconds, as Stripe has it. */
  readonly created: number
  readonly state: EventState
  readonly attempts: number
  readonly lastError: string | undefined
  /** Why it is unmatched or skipped. */
  readonly reason: string | undefined
  readonly receivedAt: number
  /** When its latest attempt began. */
  readonly startedAt: number | undefined
  /** When it was processed, skipped, found unmatched or given up. */
  readonly finishedAt: number | undefined
  /** When a failed one is due again. */
  readonly retryAt: number | undefined
  readonly requeuedAt: number | undefined
  /** `false` once its body has been pruned: then it cannot be run again. */
  readonly hasBody: boolean
}

export interface EventPage {
  /** In the order in which they were received. */
  readonly events: readonly EventRecord[]
  /** Where the next page begins; `undefined` after the last one. */
  readonly next: string | undefined
}

/** The part of a store that lets people look at events, and run them again. */
export interface RecoveryStore {
  readonly list: (
    query: EventQuery,
    page: { readonly after?: string; readonly limit: number },
  ) => Promise<EventPage>
  /**
   * Atomically makes events wait for a worker, due at once and with their attempts counted
   * anew. Leaves alone what is leased, what has no body any more, and what waits already. `again` runs every
   * handler; else those that have finished are left out.
   *
   * @returns The number of events that now wait and did not before.
   */
  readonly requeue: (
    keys: readonly EventKey[],
    options: { readonly now: number; readonly again: boolean },
  ) => Promise<number>
  /** Atomically sets an event that is not processed, and that nobody holds, to `skipped`. Tells whether it did. */
  readonly skip: (
    key: EventKey,
    options: { readonly now: number; readonly reason: string },
  ) => Promise<boolean>
  /**
   * Deletes bodies of events that are processed, ignored or skipped and whose last change is older than
   * `bodiesBefore`, and whole events of these states older than `eventsBefore`; of each at most
   * `limit`, so that nobody waits for it. Effects stay.
   */
  readonly prune: (options: {
    readonly bodiesBefore?: number
    readonly eventsBefore?: number
    readonly limit: number
  }) => Promise<{ readonly bodies: number; readonly events: number }>
  /** A text that was kept under this name, for work that goes on where it stopped. */
  readonly readCheckpoint: (name: string) => Promise<string | undefined>
  readonly writeCheckpoint: (name: string, value: string) => Promise<void>
}
