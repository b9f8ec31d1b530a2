import type { AnyEventHandler, Handlers, NamedHandlers } from '../events/handlers.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Logger } from '../runtime/logger.ts'
import type { Store } from '../store/store.ts'
import type { TransactionKind } from '../store/transaction.ts'

/**
 * An instance of the `stripe` package. Told apart by one property that every supported major
 * declares, so that the instance fits whichever major the application has installed.
 */
export interface StripeClient {
  readonly webhooks: object
}

export interface BillingOptions<Tx extends TransactionKind> {
  /** `live` takes real money. Said outright, so that keys, events and stored rows can be held against it. */
  readonly mode: 'test' | 'live'
  /**
   * The signing secrets (`whsec_…`) of the endpoints that deliver here. More than one
   * while a secret is being rolled. `undefined` is accepted by the type, so that
   * `process.env.…` can be written, and refused at run time.
   */
  readonly webhookSecrets: readonly (string | undefined)[]
  /** Where events and effects are recorded: `memoryStore()` for tests. */
  readonly store: Store<Tx>
  /** Your `new Stripe(…)`, or its secret key: checked against `mode`, and its API version against that of events. */
  readonly stripe?: StripeClient | { readonly secretKey: string | undefined }
  /** Handlers by event type: one map, or several groups made with `defineHandlers`. */
  readonly on?: Handlers<Tx> | readonly NamedHandlers<Tx>[]
  /** Runs for every event, after the handlers of its type. */
  readonly onEvent?: AnyEventHandler<Tx>
  readonly limits?: {
    /** The longest body that is read, in bytes. Default 1,048,576. */
    readonly bodyBytes?: number
    /** How long the body of a request may take to arrive, in milliseconds. Default 10,000. */
    readonly bodyTimeoutMs?: number
  }
  /** How old, or how far in the future, a signature may be, in seconds. Default 300, as Stripe's own libraries have it. */
  readonly toleranceSeconds?: number
  /** How long the handlers of an event may run, in milliseconds. Then their signal aborts, and 5 seconds later another delivery may run them. Default 60,000. */
  readonly handlerTimeoutMs?: number
  /** Default: silent. */
  readonly logger?: Logger
  /** Default: the runtime's clock. */
  readonly clock?: Clock
  /** A number from 0 up to 1. Default: `Math.random`. */
  readonly random?: () => number
  /** Live mode refuses to start while `NODE_ENV` is `development` or `test`, unless this is `true`. */
  readonly allowLiveOutsideProduction?: boolean
}
