import type { EventType } from '../events/event.ts'
import type { AnyEventHandler } from '../events/handlers.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Logger } from '../runtime/logger.ts'
import type { SignatureKey } from '../signature/verify-signature.ts'
import type { Store } from '../store/store.ts'
import type { TransactionKind } from '../store/transaction.ts'

/** One handler as the dispatcher runs it. `name` is what the store remembers. */
export interface RegisteredHandler<Tx extends TransactionKind> {
  readonly name: string
  readonly handle: AnyEventHandler<Tx>
}

/** The options of `createBilling`, checked and with every default filled in. */
export interface Settings<Tx extends TransactionKind> {
  readonly mode: 'test' | 'live'
  readonly keys: readonly SignatureKey[]
  readonly store: Store<Tx>
  /** The handlers of a type, in the order in which they run. */
  readonly handlersOf: (type: EventType) => readonly RegisteredHandler<Tx>[]
  /** The API version of the `stripe` instance, when one was given. */
  readonly apiVersion: string | undefined
  readonly limits: { readonly bodyBytes: number; readonly bodyTimeoutMs: number }
  readonly toleranceSeconds: number
  readonly handlerTimeoutMs: number
  readonly logger: Logger
  readonly clock: Clock
  readonly random: () => number
}
