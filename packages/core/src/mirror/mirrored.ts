import type { SubscriptionStatus } from './subscription-status.ts'

/** What is kept of Stripe's objects, whatever the API version that showed them. */
export type MirroredObject = MirroredCustomer | MirroredSubscription | MirroredInvoice

export type MirrorKind = MirroredObject['kind']

/** Any other text, without hiding the known ones from an editor. */
type OtherText = string & Record<never, never>

/** Its keys are in order, so that equal metadata is equal as JSON. */
export type Metadata = Readonly<Record<string, string>>

/** Nothing is kept of a deleted one but its id. */
export interface MirroredCustomer {
  readonly kind: 'customer'
  /** `cus_…` */
  readonly id: string
  readonly deleted: boolean
  readonly email: string | null
  readonly name: string | null
  /** `pm_…` of `invoice_settings`. */
  readonly defaultPaymentMethod: string | null
  readonly metadata: Metadata
  /** Seconds since 1970-01-01 UTC. */
  readonly created: number | null
}

/** All times are seconds since 1970-01-01 UTC. */
export interface MirroredSubscription {
  readonly kind: 'subscription'
  /** `sub_…` */
  readonly id: string
  /** `cus_…` */
  readonly customer: string | null
  /** One that Stripe no longer knows is `canceled`. */
  readonly status: SubscriptionStatus | OtherText
  /** By id. */
  readonly items: readonly MirroredItem[]
  /**
   * The latest of its items. Before basil it was the subscription's own.
   *
   * Source: `SubscriptionListParams.current_period_start` of stripe 23.1
   */
  readonly currentPeriodStart: number | null
  /** The earliest of its items, as {@link currentPeriodStart}. */
  readonly currentPeriodEnd: number | null
  readonly cancelAt: number | null
  readonly cancelAtPeriodEnd: boolean
  readonly canceledAt: number | null
  readonly endedAt: number | null
  readonly trialEnd: number | null
  /** It leaves the status as it is: it is not `paused`. */
  readonly pauseCollection: PauseCollection | null
  /** `in_…` */
  readonly latestInvoice: string | null
  /** `pm_…` */
  readonly defaultPaymentMethod: string | null
  /** `charge_automatically` or `send_invoice`. */
  readonly collectionMethod: string | null
  readonly metadata: Metadata
  readonly created: number | null
}

export interface MirroredItem {
  /** `si_…` */
  readonly id: string
  /** `price_…`, or the id of a plan. */
  readonly price: string | null
  /** `prod_…` */
  readonly product: string | null
  readonly lookupKey: string | null
  /** `null` when it is metered. */
  readonly quantity: number | null
  /** Seconds since 1970-01-01 UTC. */
  readonly currentPeriodStart: number | null
  readonly currentPeriodEnd: number | null
}

export interface PauseCollection {
  /** `keep_as_draft`, `mark_uncollectible` or `void`. */
  readonly behavior: string | null
  /** Seconds since 1970-01-01 UTC. */
  readonly resumesAt: number | null
}

/** Amounts are in the currency's smallest unit, times in seconds since 1970-01-01 UTC. Nothing is kept of a deleted one but its id. */
export interface MirroredInvoice {
  readonly kind: 'invoice'
  /** `in_…` */
  readonly id: string
  /** `cus_…` */
  readonly customer: string | null
  /** `sub_…` */
  readonly subscription: string | null
  /** `deleted` is not Stripe's: a draft that was deleted is no longer there. */
  readonly status: InvoiceStatus | OtherText | null
  readonly attemptCount: number
  readonly nextPaymentAttempt: number | null
  readonly amountDue: number | null
  readonly amountPaid: number | null
  readonly amountRemaining: number | null
  /** Three lower-case letters. */
  readonly currency: string | null
  readonly billingReason: string | null
  /** `charge_automatically` or `send_invoice`. */
  readonly collectionMethod: string | null
  readonly autoAdvance: boolean | null
  readonly hostedInvoiceUrl: string | null
  readonly metadata: Metadata
  readonly created: number | null
}

export type InvoiceStatus =
  | 'draft'
  | 'open'
  | 'uncollectible'
  | 'paid'
  | 'void'
  | 'deleted'
