import type { StoreWork, TransactionKind } from './transaction.ts'

/** What makes an event one event. The endpoint is not part of it: Stripe's version upgrade runs two endpoints side by side. */
export interface EventKey {
  readonly livemode: boolean
  /** The connected account (`acct_…`), or `''` for the platform's own events. */
  readonly account: string
  /** `evt_…` */
  readonly eventId: string
}

/** One verified event as it arrived. */
export interface Delivery {
  readonly key: EventKey
  readonly type: string
  /** The event's `created`: seconds since 1970-01-01 UTC. */
  readonly created: number
  /** The exact bytes that were signed. */
  readonly body: Uint8Array
}

/** States in which nothing more will happen to an event. */
export type FinalState = 'processed' | 'ignored' | 'unmatched'

/**
 * The right to process one event for a while. `token` is a fencing token: it grows with
 * every claim of the event, and only the newest one can commit.
 */
export interface Lease {
  readonly key: EventKey
  readonly token: number
  /** 1 for the first claim of this event. */
  readonly attempt: number
  /** Names of the handlers that earlier attempts finished. */
  readonly finishedHandlers: readonly string[]
}

export type Claim =
  | { readonly status: 'claimed'; readonly lease: Lease }
  | { readonly status: 'in_flight' }
  | { readonly status: 'done'; readonly state: FinalState }

/** What a commit records about the event, beside the handler's own writes. */
export interface CommitMark {
  /** The handler that has finished. */
  readonly handler: string
  /** The event's final state, when this was the last handler. */
  readonly state?: FinalState
}

export type CommitResult<T> =
  | { readonly committed: true; readonly value: T | undefined }
  | { readonly committed: false }

/** Why an attempt ended without success. */
export interface Failure {
  /** For people: no payload, no secret. */
  readonly error: string
  /** Handlers of this attempt that finished before the one that failed. */
  readonly finishedHandlers: readonly string[]
}

/**
 * The durable record of events and effects. Every method is asynchronous, states its
 * atomicity, and rejects when the store cannot be reached. Times are milliseconds since
 * 1970-01-01 UTC.
 */
export interface Store<Tx extends TransactionKind> {
  /** `false` when a restart forgets everything; `createBilling` then warns. */
  readonly durable: boolean

  /**
   * Atomically inserts the event if it is new and leases it if nobody else holds it:
   * of any number of concurrent callers exactly one gets `claimed`. A lease that has
   * expired at `now` is free.
   */
  readonly claim: (
    delivery: Delivery,
    options: { now: number; leaseMs: number },
  ) => Promise<Claim>

  /**
   * Atomically records an event on which nothing will act. Does nothing when the event
   * is known already.
   */
  readonly record: (delivery: Delivery, state: 'ignored' | 'unmatched') => Promise<void>

  /**
   * Runs `work` in a transaction and commits its writes, its effects and the mark
   * together. Commits nothing when the lease's token is no longer the newest
   * (`committed: false`, and `work` need not have run) or when `work` throws (rejects
   * with what it threw). Without `work` it commits the mark alone.
   */
  readonly commit: <T>(
    lease: Lease,
    mark: CommitMark,
    work?: StoreWork<Tx, T>,
  ) => Promise<CommitResult<T>>

  /**
   * Atomically ends the lease without success, so that the next delivery can claim the
   * event at once. Does nothing when the token is no longer the newest.
   */
  readonly release: (lease: Lease, failure: Failure) => Promise<void>
}
