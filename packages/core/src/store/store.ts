import type { InboxStore } from './inbox-store.ts'
import type { MirrorStore } from './mirror-store.ts'
import type { OutboxStore } from './outbox-store.ts'
import type { RecoveryStore } from './recovery-store.ts'
import type { TransactionKind } from './transaction.ts'

/**
 * The durable record of events, effects, messages and the mirror. Every method is
 * asynchronous, states its atomicity, and rejects when the store cannot be reached. Times
 * are milliseconds since 1970-01-01 UTC; the caller's clock gives them.
 */
export interface Store<Tx extends TransactionKind> extends InboxStore<Tx> {
  /** In types alone, and never set: lets `createBilling` tell the transactions of a store that has more members than these. */
  readonly transactionKind?: Tx
  /** `false` when a restart forgets everything; `createBilling` then warns. */
  readonly durable: boolean
  readonly outbox: OutboxStore
  readonly mirror: MirrorStore
  readonly recovery: RecoveryStore
}
