import type { Rejection } from '../doctor/rejection.ts'
import type { StripeEvent } from '../events/event.ts'
import type { AnyNotification, RawRequester } from '../events/event-notification.ts'
import type { ContextOf, DeclaringHandler } from '../events/handlers.ts'
import type { MirrorSync } from '../mirror/mirror-sync.ts'
import type { Backoff } from '../processing/backoff.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Logger } from '../runtime/logger.ts'
import type { SignatureKey } from '../signature/verify-signature.ts'
import type { Store } from '../store/store.ts'
import type { TransactionKind } from '../store/transaction.ts'

/** One handler as the dispatcher runs it. `name` is what the store remembers. */
export type RegisteredHandler<Tx extends TransactionKind> =
  | {
      readonly name: string
      readonly handle: (payload: Payload, context: ContextOf<Tx>) => unknown
    }
  | {
      readonly name: string
      readonly declare: DeclaringHandler<Payload>['declare']
    }

/** What a handler is given: which of the two, its type says. */
export type Payload = StripeEvent | AnyNotification

/** Sends a message of the outbox. What it rejects with makes it tried again. */
export type Sender = (payload: unknown, facts: SenderFacts) => unknown

export interface SenderFacts {
  /** Give it to whoever receives the message, since it may be sent more than once. */
  readonly key: string
  /** 1 for the first try. */
  readonly attempt: number
  /** The connected account (`acct_…`) of the event that it comes from, or `undefined` for the platform's own. */
  readonly account: string | undefined
  readonly livemode: boolean
  /** Aborts when it has run for `handlerTimeoutMs`; then it is sent again. */
  readonly signal: AbortSignal
  readonly logger: Logger
}

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
  readonly mirror: MirrorSync
  /** Sends the messages of each topic. */
  readonly senders: ReadonlyMap<string, Sender>
  readonly processing: 'inline' | 'durable'
  readonly retries: Backoff
  readonly worker: {
    readonly concurrency: number
    /** In milliseconds. */
    readonly pollMs: number
  }
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
