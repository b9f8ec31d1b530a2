import type { Rejection } from '../doctor/rejection.ts'
import type { StripeEvent } from '../events/event.ts'
import type { AnyNotification, RawRequester } from '../events/event-notification.ts'
import type { ContextOf } from '../events/handlers.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Logger } from '../runtime/logger.ts'
import type { SignatureKey } from '../signature/verify-signature.ts'
import type { Store } from '../store/store.ts'
import type { TransactionKind } from '../store/transaction.ts'

/** One handler as the dispatcher runs it. `name` is what the store remembers. */
export interface RegisteredHandler<Tx extends TransactionKind> {
  readonly name: string
  readonly handle: (payload: Payload, context: ContextOf<Tx>) => unknown
}

/** What a handler is given: which of the two, its type says. */
export type Payload = StripeEvent | AnyNotification

/** What a secret is for. */
export interface SecretBinding {
  readonly livemode: boolean | undefined
  readonly account: 'own' | 'connected' | readonly string[] | undefined
  readonly endpoint: string | undefined
}

/** The options of `createBilling`, checked and with every default filled in. */
export interface Settings<Tx extends TransactionKind> {
  readonly mode: 'test' | 'live'
  readonly keys: readonly SignatureKey[]
  /** What each of the keys is for, at the same place; any of it will do. */
  readonly bindings: readonly (readonly SecretBinding[])[]
  readonly foreignEvents: 'set-aside' | 'refuse'
  readonly store: Store<Tx>
  /** The handlers of a type, in the order in which they run. */
  readonly handlersOf: (type: string) => readonly RegisteredHandler<Tx>[]
  readonly onRejected: ((rejection: Rejection) => void) | undefined
  /** The `stripe` instance, when one was given that can fetch. */
  readonly client: RawRequester | undefined
  /** The API version of the `stripe` instance, when one was given. */
  readonly apiVersion: string | undefined
  readonly limits: { readonly bodyBytes: number; readonly bodyTimeoutMs: number }
  readonly toleranceSeconds: number
  readonly handlerTimeoutMs: number
  readonly logger: Logger
  readonly clock: Clock
  readonly random: () => number
}
