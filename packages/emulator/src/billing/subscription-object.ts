import type { List } from '../api/list.ts'
import type { Price } from '../catalogue/catalogue-objects.ts'
import type { StripeObject } from '../state/collection.ts'
import type { Context } from '../state/context.ts'
import type { Task } from '../state/timeline.ts'
import type { LineDraft } from './invoice-lines.ts'

export type SubscriptionStatus =
  | 'active'
  | 'canceled'
  | 'incomplete'
  | 'incomplete_expired'
  | 'past_due'
  | 'paused'
  | 'trialing'
  | 'unpaid'

/** Source: https://docs.stripe.com/api/subscription_items/object */
export interface SubscriptionItem {
  readonly id: string
  readonly object: 'subscription_item'
  readonly billing_thresholds: null
  readonly created: number
  /** Seconds since 1970-01-01 UTC. */
  readonly current_period_end: number
  readonly current_period_start: number
  readonly current_trial: null
  readonly discounts: readonly string[]
  readonly metadata: Readonly<Record<string, string>>
  /** What a price was called before; the same as `price`. */
  readonly plan: unknown
  readonly price: Price
  readonly quantity: number
  readonly subscription: string
  readonly tax_rates: readonly unknown[]
}

/** Source: https://docs.stripe.com/api/subscriptions/object */
export interface Subscription extends StripeObject {
  readonly object: 'subscription'
  readonly created: number
  readonly currency: string
  readonly customer: string
  readonly livemode: false
  readonly start_date: number
  readonly test_clock: string | null
  billing_cycle_anchor: number
  billing_mode: {
    readonly flexible: { readonly proration_discounts: string } | null
    readonly type: string
    /** Seconds since 1970-01-01 UTC. */
    readonly updated_at: number
  }
  cancel_at: number | null
  cancel_at_period_end: boolean
  canceled_at: number | null
  cancellation_details: {
    readonly comment: string | null
    readonly feedback: string | null
    readonly feedback_option: string | null
    readonly reason:
      | 'cancellation_requested'
      | 'payment_failed'
      | 'payment_disputed'
      | null
  }
  collection_method: 'charge_automatically' | 'send_invoice'
  days_until_due: number | null
  default_payment_method: string | null
  description: string | null
  ended_at: number | null
  items: List<SubscriptionItem>
  latest_invoice: string | null
  metadata: Readonly<Record<string, string>>
  next_pending_invoice_item_invoice: null
  pause_collection: {
    readonly behavior: 'keep_as_draft' | 'mark_uncollectible' | 'void'
    readonly resumes_at: number | null
  } | null
  payment_settings: {
    readonly payment_method_options: unknown
    readonly payment_method_types: unknown
    readonly save_default_payment_method: string
  }
  pending_setup_intent: string | null
  pending_update: Readonly<Record<string, unknown>> | null
  status: SubscriptionStatus
  trial_end: number | null
  trial_settings: {
    readonly end_behavior: {
      readonly billing_cycle_anchor: 'now'
      readonly missing_payment_method: 'cancel' | 'create_invoice' | 'pause'
    }
  }
  trial_start: number | null
  [field: string]: unknown
}

/** What Stripe knows of a subscription and never answers. */
export interface SubscriptionState {
  /** The next thing that time brings: a renewal, the end of a trial. */
  renewal: Task | undefined
  cancellation: Task | undefined
  expiry: Task | undefined
  resumption: Task | undefined
  reminder: Task | undefined
  pending: PendingChange | undefined
  /** What its items have been charged for the time that is left, by their ids. */
  readonly debits: Map<string, readonly LineDraft[]>
}

/** A change that is made when its invoice is paid: a pending update, or a resumption. */
interface PendingChange {
  /** `in_…` */
  readonly invoice: string
  readonly apply: (context: Context) => void
  /** The invoice was voided. */
  readonly drop: (context: Context) => void
}
