import type { Payload, Settings } from '../billing/settings.ts'
import type { Lease } from '../store/inbox-store.ts'
import type { TransactionKind } from '../store/transaction.ts'

/** One attempt at a claimed event. */
export interface Attempt<Tx extends TransactionKind> {
  readonly event: Payload
  readonly endpoint: string | undefined
  readonly lease: Lease
  /** The time from which the lease counts. */
  readonly claimedAt: number
  /** How many attempts the event has, this one included; then it is dead. */
  readonly limit: number
  readonly settings: Settings<Tx>
  /** Aborts when its worker has to stop: what has not committed then is given back. */
  readonly stopping?: AbortSignal
}
