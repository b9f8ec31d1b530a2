import type { MirrorWrite } from '../mirror/mirror-row.ts'
import type { Delivery, EventKey } from './delivery.ts'
import type { DeclaredEffect } from './outbox-store.ts'
import type { StoreWork, TransactionKind } from './transaction.ts'

/**
 * What has become of an event.
 *
 * | state | meaning | a new delivery |
 * | --- | --- | --- |
 * | `received` | stored, and waiting or being processed | may take it over once its lease has ended |
 * | `processed` | its handlers have committed | is a duplicate |
 * | `ignored` | nothing acts on it here | runs what does by then |
 * | `unmatched` | a handler found nobody that it belongs to | runs it again |
 * | `failed` | a handler failed; it is due again at `retryAt` | runs it at once |
 * | `dead` | it failed as often as it may | runs it once more |
 * | `skipped` | somebody has decided, with a reason, that it shall not run | is a duplicate |
 */
export type EventState = OpenState | IdleState | 'processed' | 'dead' | 'skipped'

/** A worker comes to these by itself. */
export type OpenState = 'received' | 'failed'

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
  /** Or skipped: there is nothing left to do. */
  | { readonly status: 'processed' }

/** All times are milliseconds since 1970-01-01 UTC, as the caller's clock has them. */
export interface ClaimOptions {
  readonly now: number
  /**
   * How long the lease lasts, in milliseconds. A lease that ends later than twice this after
   * `now` was made before the clock jumped back, and counts as ended: clocks of machines
   * may differ by as much as one lease, and none locks an event for ever.
   */
  readonly leaseMs: number
}

export interface ClaimNextOptions extends ClaimOptions {
  readonly livemode: boolean
  /** How many events at most. */
  readonly limit: number
  /** Only these events, none of them twice, and of those that have failed also such as are not due yet: an engine says when. Default: any that is due. */
  readonly keys?: readonly EventKey[]
}

export interface ClaimedEvent {
  readonly delivery: Delivery
  readonly lease: Lease
}

export interface ClaimedBatch {
  readonly events: readonly ClaimedEvent[]
  /**
   * When less than `limit` was claimed: the time at which the next event is due or the
   * next lease ends, in milliseconds; `undefined` when nothing waits. It may lie in the
   * past: what is due then waits for another event of its object.
   */
  readonly nextDueAt: number | undefined
}

/**
 * What became of {@link InboxStore.record}: `stored` when the event now waits for a worker;
 * `idle` when nothing has acted on it so far, or it was given up; `unfinished` when it
 * waits, runs or has failed somewhere, and so still has to be run; `processed` when there
 * is nothing left to do.
 */
export type Recorded = 'stored' | 'idle' | 'unfinished' | 'processed'

/** What a commit records about the event, beside the handler's own writes. */
export interface CommitMark {
  readonly now: number
  /** The handler that has finished. `undefined` when it has found nobody, and is to run again on a retry. */
  readonly handler: string | undefined
  /**
   * Said with the last handler: from now on the event is done, and its lease has ended.
   * `processed` and `ignored` forget which handlers have finished; `unmatched` keeps them, for it may be run again.
   */
  readonly state?: 'processed' | 'ignored' | 'unmatched' | undefined
  /** Why it is unmatched, for people. */
  readonly reason?: string | undefined
  /** Effects whose consequences are known beforehand, committed together with the rest. */
  readonly declared?: readonly DeclaredEffect[] | undefined
  /** To be merged into the row of the mirror by `mergeMirror`, in the same transaction. */
  readonly mirror?: MirrorWrite | undefined
}

export type CommitResult<T> =
  | { readonly committed: true; readonly value: T | undefined }
  | { readonly committed: false }

/** How an attempt ended without success. `error` is for people: the error's name and message, as the handler wrote it. */
export type Release =
  | { readonly state: 'failed'; readonly error: string; readonly retryAt: number }
  | { readonly state: 'dead'; readonly error: string }
  /** As if it had not been claimed: due at once, and the attempt does not count. */
  | { readonly state: 'received' }

/** What a worker may find when it looks. */
export type DueKind = 'event' | 'message'

/** The part of a store that keeps events, and the effects and messages that are committed with them. */
export interface InboxStore<Tx extends TransactionKind> {
  /**
   * Atomically inserts the event if it is new and leases it if nobody else holds it:
   * of any number of concurrent callers exactly one gets `claimed`. A lease that has
   * expired at `now` is free, and so is an event that is failed, dead or idle. A body that
   * was pruned is there again.
   */
  readonly claim: (delivery: Delivery, options: ClaimOptions) => Promise<Claim>
  /**
   * Atomically inserts a new event as done, together with the mark's effects, messages and
   * mirror: `committed`. Of an event that is known already nothing is changed but what
   * {@link claim} changes, and its answer is given.
   *
   * @param mark With `state`, and without `work` there is nothing else to wait for.
   */
  readonly claimAndCommit: (
    delivery: Delivery,
    mark: CommitMark,
    options: ClaimOptions,
  ) => Promise<{ readonly status: 'committed' } | Claim>
  /**
   * Atomically records an event. `received`: an event that is new, idle or dead now waits
   * for a worker, durably, with its attempts counted anew and its body there again if it was
   * pruned; once this resolves, a crash loses nothing. `ignored` and `unmatched`: only a
   * new event is recorded, and nothing acts on it.
   */
  readonly record: (
    delivery: Delivery,
    state: 'received' | IdleState,
    options: { readonly now: number },
  ) => Promise<Recorded>
  /**
   * Atomically leases events that are due: received ones, in the order in which they came, before
   * failed ones whose time has come. Of each object (`livemode`, `account`, `objectId`) at
   * most one, and none while another event of it is leased to anybody, however many
   * callers claim at the same time; events without an object exclude nobody. With `keys`,
   * `nextDueAt` is that of these events.
   */
  readonly claimNext: (options: ClaimNextOptions) => Promise<ClaimedBatch>
  /**
   * Runs `work` in a transaction and commits its writes, its effects, its messages and the
   * mark together. Commits nothing when the lease's token is no longer the newest, or when the
   * lease has been released (`committed: false`, and `work` need not have run), or when
   * `work` throws (rejects with what it threw). Without `work` it commits the mark alone.
   * A store with synchronous transactions commits nothing of a callback that returned a
   * promise. A store may put concurrent calls into one transaction of the database, if
   * one that fails undoes no other.
   */
  readonly commit: <T>(
    lease: Lease,
    mark: CommitMark,
    work?: StoreWork<Tx, T>,
  ) => Promise<CommitResult<T>>
  /**
   * Atomically ends the lease without success, so that nothing can be committed under it
   * any more, and the next delivery can claim the event at once. Does nothing when the
   * token is no longer the newest.
   */
  readonly release: (
    lease: Lease,
    end: Release,
    options: { readonly now: number },
  ) => Promise<void>
  /**
   * Calls `listener` when an event or a message has become due sooner than a worker was
   * told (recorded, requeued, released; a message committed), at least by this process;
   * gives the function that ends it. Never throws.
   */
  readonly watch: (listener: (due: DueKind) => void) => () => void
}
