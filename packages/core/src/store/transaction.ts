import { BillingError } from '../errors/billing-error.ts'
import type { OutboxMessage } from './outbox-store.ts'

/**
 * Says, in types alone, how a store runs a transaction: `Handle` is what the callback
 * of `context.transaction` gets, and the callback must not await. SQLite is like that:
 * on its one connection, whatever else runs while a callback awaits would become part
 * of the transaction.
 */
export interface SyncTransaction<Handle> {
  readonly sync: Handle
}

/** As {@link SyncTransaction}, for a store whose transactions are asynchronous: the callback returns a promise. */
export interface AsyncTransaction<Handle> {
  readonly async: Handle
}

export type TransactionKind = SyncTransaction<unknown> | AsyncTransaction<unknown>

/** Whether a business key is new: at once from a synchronous store, else as a promise. */
export type EffectResult<Tx extends TransactionKind> =
  Tx extends SyncTransaction<unknown> ? boolean : Promise<boolean>

/** The callback of `context.transaction`. */
export type TransactionWork<Tx extends TransactionKind, T> =
  Tx extends SyncTransaction<infer Handle>
    ? (tx: Handle) => T extends PromiseLike<unknown> ? never : T
    : Tx extends AsyncTransaction<infer Handle>
      ? (tx: Handle) => Promise<T>
      : never

/** The way to record, inside a transaction, what is committed with it. */
export interface Recording<Tx extends TransactionKind> {
  /** Records a business key once for each mode and account; tells whether it is new. */
  readonly effect: (key: string) => EffectResult<Tx>
  /** Writes a message once for each mode, account and key; tells whether it is new. */
  readonly outbox: (message: OutboxMessage) => EffectResult<Tx>
}

/** What a store runs in a transaction: the caller's work, given the way to record effects and messages in it. */
export type StoreWork<Tx extends TransactionKind, T> =
  Tx extends SyncTransaction<infer Handle>
    ? (tx: Handle, recording: Recording<Tx>) => T
    : Tx extends AsyncTransaction<infer Handle>
      ? (tx: Handle, recording: Recording<Tx>) => Promise<T>
      : never

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'then' in value &&
    typeof value.then === 'function'
  )
}

/**
 * For stores with synchronous transactions, before they commit. The types refuse an
 * asynchronous callback; a cast, or plain JavaScript, lets one through, and what it does
 * after its first `await` would be in no transaction.
 *
 * @throws BillingError `transaction_asynchronous`
 */
export function refusePromise(value: unknown): void {
  if (!isThenable(value)) return
  // Nobody waits for it any more, and what it rejects with follows from being refused.
  value.then(undefined, () => {})
  throw new BillingError(
    'transaction_asynchronous',
    'The callback of context.transaction returned a promise, and the transactions of this store are synchronous, so nothing was committed. Await before context.transaction, and write in its callback without await.',
  )
}
