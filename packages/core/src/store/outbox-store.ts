import type { ClaimOptions } from './inbox-store.ts'

/** Something to be sent after the transaction that wrote it has committed: an e-mail, a call to another system. */
export interface OutboxMessage {
  /** Which of the senders (`createBilling({ outbox })`) sends it. */
  readonly topic: string
  /**
   * Makes it one message: a second one with the same key, of the same mode and account, is
   * not written. The sender passes it on, so that the receiver can deduplicate, since a
   * message is sent at least once.
   */
  readonly key: string
  /** Anything that JSON can hold. */
  readonly payload: unknown
}

/** An effect whose consequences are messages alone, so that a store can commit it without running anything. */
export interface DeclaredEffect {
  /** The business key, as in `context.effect`. */
  readonly effect: string
  /** Written only when the effect is new. */
  readonly send?: readonly OutboxMessage[]
}

export interface ClaimedMessage extends OutboxMessage {
  /** The store's own. */
  readonly id: number
  /** A fencing token, as a lease has one. */
  readonly token: number
  readonly livemode: boolean
  readonly account: string
  /** 1 for the first try. */
  readonly attempt: number
}

export interface MessageBatch {
  readonly messages: readonly ClaimedMessage[]
  /** As in `ClaimedBatch`. */
  readonly nextDueAt: number | undefined
}

/** What became of a message. `dead` ones are kept, and are sent no more. */
export type SendResult =
  | { readonly state: 'sent' }
  | { readonly state: 'failed'; readonly error: string; readonly retryAt: number }
  | { readonly state: 'dead'; readonly error: string }

/** The part of a store that keeps messages until they are sent. */
export interface OutboxStore {
  /** Atomically leases messages that are due, oldest first: no two callers get the same one at the same time. */
  readonly claimNext: (
    options: ClaimOptions & { readonly livemode: boolean; readonly limit: number },
  ) => Promise<MessageBatch>
  /** Atomically ends the lease of a message. Does nothing when its token is no longer the newest. */
  readonly settle: (
    message: ClaimedMessage,
    result: SendResult,
    options: { readonly now: number },
  ) => Promise<void>
}
