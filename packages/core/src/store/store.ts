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
  /** The webhook endpoint that it came from, as its secret names it; `undefined` when the secret does not. */
  readonly endpoint: string | undefined
  /** The event's `created`: seconds since 1970-01-01 UTC. */
  readonly created: number
  /** The exact bytes that were signed. */
  readonly body: Uint8Array
}

/** Why nothing acted on an event. It stays free for a billing that will: a handler may be added, or a wrong mode put right. */
export type IdleState = 'ignored' | 'unmatched'

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
  | { readonly status: 'processed' }

/**
 * What became of {@link Store.record}: `idle` when nothing has acted on the event so far,
 * `unfinished` when a handler somewhere is running on it or has failed, and so still has
 * to be run.
 */
export type Recorded = 'idle' | 'unfinished' | 'processed'

/** What a commit records about the event, beside the handler's own writes. */
export interface CommitMark {
  /** The handler that has finished. */
  readonly handler: string
  /** Said with the last handler: from now on the event is done. */
  readonly state?: 'processed'
}

export type CommitResult<T> =
  | { readonly committed: true; readonly value: T | undefined }
  | { readonly committed: false }

/** Why an attempt ended without success. */
export interface Failure {
  /** For people: the error's name and message, as the handler wrote it. */
  readonly error: string
}

/**
 * The durable record of events and effects. Every method is asynchronous, states its
 * atomicity, and rejects when the store cannot be reached. Times are milliseconds since
 * 1970-01-01 UTC.
 */
export interface Store<Tx extends TransactionKind> {
  /** In types alone, and never set: lets `createBilling` tell the transactions of a store that has more members than these. */
  readonly transactionKind?: Tx
  /** `false` when a restart forgets everything; `createBilling` then warns. */
  readonly durable: boolean

  /**
   * Atomically inserts the event if it is new and leases it if nobody else holds it:
   * of any number of concurrent callers exactly one gets `claimed`. A lease that has
   * expired at `now` is free, and so is an event that was recorded as idle.
   */
  readonly claim: (
    delivery: Delivery,
    options: { now: number; leaseMs: number },
  ) => Promise<Claim>

  /**
   * Atomically records an event on which nothing acts here, unless it is known already.
   */
  readonly record: (delivery: Delivery, state: IdleState) => Promise<Recorded>

  /**
   * Runs `work` in a transaction and commits its writes, its effects and the mark
   * together. Commits nothing when the lease's token is no longer the newest, or when the
   * lease has been released (`committed: false`, and `work` need not have run), or when
   * `work` throws (rejects with what it threw). Without `work` it commits the mark alone.
   * A store with synchronous transactions commits nothing of a callback that returned a
   * promise.
   */
  readonly commit: <T>(
    lease: Lease,
    mark: CommitMark,
    work?: StoreWork<Tx, T>,
  ) => Promise<CommitResult<T>>

  /**
   * Atomically ends the lease without success, so that the next delivery can claim the
   * event at once, and nothing can be committed under this lease any more. Does nothing
   * when the token is no longer the newest.
   */
  readonly release: (lease: Lease, failure: Failure) => Promise<void>
}
