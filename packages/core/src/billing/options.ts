import type { Rejection } from '../doctor/rejection.ts'
import type {
  AnyEventHandler,
  AnyNotificationHandler,
  Handlers,
  NamedHandlers,
} from '../events/handlers.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Logger } from '../runtime/logger.ts'
import type { SignatureKeyOptions } from '../signature/verify-signature.ts'
import type { Store } from '../store/store.ts'
import type { TransactionKind } from '../store/transaction.ts'
import type { Sender } from './settings.ts'

/**
 * An instance of the `stripe` package. Told apart by one property that every supported major
 * declares, so that the instance fits whichever major the application has installed.
 */
export interface StripeClient {
  readonly webhooks: object
}

/** A connected account of Stripe's. */
export type AccountId = `acct_${string}`

/** A signing secret that says what its endpoint delivers; what it signs beyond that is foreign. */
export interface WebhookSecret {
  /** The endpoint's signing secret, `whsec_…`. */
  readonly secret: string | undefined
  /** The mode of the endpoint. Default: either. */
  readonly livemode?: boolean
  /**
   * Whose events the endpoint delivers: `own` for the account's own, `connected` for those
   * of any connected account, or the connected accounts themselves. Default: anybody's.
   */
  readonly account?: 'own' | 'connected' | AccountId | readonly AccountId[]
  /** A name for the endpoint, its id (`we_…`) for one: handlers find it in `context.endpoint`, and the store keeps it. */
  readonly endpoint?: string
}

export interface BillingOptions<Tx extends TransactionKind> {
  /** `live` takes real money. Said outright, so that keys, events and stored rows can be held against it. */
  readonly mode: 'test' | 'live'
  /**
   * The signing secrets (`whsec_…`) of the endpoints that deliver here, alone or with what
   * they are for. More than one while a secret is being rolled, or when several endpoints
   * share a route. `undefined` is accepted by the type, so that `process.env.…` can be
   * written, and refused at run time.
   */
  readonly webhookSecrets: readonly (string | WebhookSecret | undefined)[]
  /**
   * What becomes of an event that is rightly signed and does not belong here: of the other
   * mode, or not of the account that its secret is bound to. `set-aside` records it, runs
   * nothing and answers 200, since Stripe disables endpoints that answer with errors for
   * days. `refuse` answers 400. Default `set-aside`.
   */
  readonly foreignEvents?: 'set-aside' | 'refuse'
  /** Where events and effects are recorded: `sqliteStore(…)`, `postgresStore(…)`, or `memoryStore()` for tests. */
  readonly store: Store<Tx>
  /** Your `new Stripe(…)`, or its secret key: checked against `mode`, and its API version against that of events. */
  readonly stripe?: StripeClient | { readonly secretKey: string | undefined }
  /** Handlers by event type: one map, or several groups made with `defineHandlers`. */
  readonly on?: Handlers<Tx> | readonly NamedHandlers<Tx>[]
  /** Sends the messages that handlers put into the outbox, by topic; `billing.worker` calls them. */
  readonly outbox?: Readonly<Record<string, Sender>>
  /**
   * When handlers run. `inline`: before the request is answered, so that a 2xx means
   * committed. `durable`: a 2xx means stored, and `billing.worker`, which you start or
   * drain, runs them. Default `inline`.
   */
  readonly processing?: 'inline' | 'durable'
  /**
   * How customers, subscriptions and invoices reach the mirror. `refetch`: each event about
   * one makes it fetched from Stripe, so that any order of delivery converges; needs
   * `stripe: new Stripe(…)`. `event`: it is taken from the events alone, ordered by their
   * chain of `previous_attributes`. `off`: there is no mirror. Default: `refetch` where
   * `stripe` can fetch, else `off`.
   */
  readonly sync?: 'refetch' | 'event' | 'off'
  /** How the worker tries again what has failed. */
  readonly retries?: {
    /** Attempts at an event or a message until it is dead. Default 10. */
    readonly limit?: number
    /** The wait after the first failure, in milliseconds; it doubles with each. Default 5,000. */
    readonly firstMs?: number
    /** The longest wait, in milliseconds. Default 3,600,000, an hour. */
    readonly maxMs?: number
  }
  readonly worker?: {
    /** How many events, and how many messages, are worked on at once. Default 10. */
    readonly concurrency?: number
    /** How often the worker looks when nothing has told it to, in milliseconds: for work that other processes store. Default 30,000. */
    readonly pollMs?: number
  }
  /** Runs for every event, after the handlers of its type. */
  readonly onEvent?: AnyEventHandler<Tx>
  /** Runs for every thin notification, after the handlers of its type. */
  readonly onNotification?: AnyNotificationHandler<Tx>
  /**
   * Is told why webhooks are refused, and what to do about it, as the logger is: after the
   * answer, and at most once in 10 seconds for each cause.
   */
  readonly onRejected?: (rejection: Rejection) => void
  readonly limits?: {
    /** The longest body that is read, in bytes. Default 1,048,576. */
    readonly bodyBytes?: number
    /** How long the body of a request may take to arrive, in milliseconds. Default 10,000. */
    readonly bodyTimeoutMs?: number
  }
  /** How Node computes signatures: see {@link SignatureKeyOptions}. Default `hmac`. */
  readonly signatureHashing?: SignatureKeyOptions['hashing']
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
