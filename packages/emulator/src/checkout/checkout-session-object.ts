import type { Params } from '../api/params.ts'
import type { Price } from '../catalogue/catalogue-objects.ts'
import type { StripeObject } from '../state/collection.ts'
import type { Task } from '../state/timeline.ts'

/** Source: https://docs.stripe.com/api/checkout/sessions/object */
export interface CheckoutSession extends StripeObject {
  readonly object: 'checkout.session'
  /** In the currency's smallest unit, before discounts and taxes; `null` in `setup` mode. */
  amount_subtotal: number | null
  /** In the currency's smallest unit; `null` in `setup` mode. */
  amount_total: number | null
  readonly branding_settings: Readonly<Record<string, unknown>> & {
    readonly display_name: string
  }
  readonly cancel_url: string | null
  readonly client_reference_id: string | null
  readonly created: number
  readonly currency: string | null
  readonly customer_creation: 'always' | 'if_required' | null
  readonly customer_email: string | null
  /** Seconds since 1970-01-01 UTC. */
  readonly expires_at: number
  readonly livemode: false
  readonly mode: 'payment' | 'setup' | 'subscription'
  readonly payment_method_collection: 'always' | 'if_required'
  readonly payment_method_options: {
    readonly card: { readonly request_three_d_secure: string }
  }
  readonly return_url?: string
  readonly submit_type: string | null
  readonly success_url: string | null
  readonly ui_mode: string
  /** Of the page inside of somebody else's page; `null` for the hosted one, and once it is over. */
  client_secret: string | null
  customer: string | null
  customer_details: CustomerDetails | null
  invoice: string | null
  metadata: Readonly<Record<string, string>>
  payment_intent: string | null
  payment_status: 'paid' | 'unpaid' | 'no_payment_required'
  setup_intent: string | null
  status: 'open' | 'complete' | 'expired'
  subscription: string | null
  /** Of the hosted page, while it is open. */
  url: string | null
  [field: string]: unknown
}

export interface CustomerDetails {
  readonly address: unknown
  readonly business_name: null
  readonly email: string | null
  readonly individual_name: null
  readonly name: string | null
  readonly phone: string | null
  readonly tax_exempt: string | null
  readonly tax_ids: readonly unknown[] | null
}

/** Source: https://docs.stripe.com/api/checkout/sessions/line_items */
export interface CheckoutLine {
  readonly id: string
  readonly object: 'item'
  readonly adjustable_quantity: null
  /** In the currency's smallest unit, as all amounts. */
  readonly amount_discount: number
  readonly amount_subtotal: number
  readonly amount_tax: number
  readonly amount_total: number
  readonly currency: string
  /** The product's name. */
  readonly description: string
  readonly metadata: Readonly<Record<string, string>>
  readonly price: Price
  readonly quantity: number
}

/** What Stripe knows of a Checkout Session and never answers. */
export interface CheckoutState {
  readonly lines: readonly CheckoutLine[]
  /** What `payment_intent_data`, `setup_intent_data` or `subscription_data` said. */
  readonly data: Params
  /** Seconds since 1970-01-01 UTC, as of when the session was made. */
  readonly trialEnd: number | undefined
  expiry: Task | undefined
  /** Made for an attempt; the session's own once it is complete. */
  customer: string | undefined
  /** What the buyer entered last, of what may be shown again: never the card. */
  entered: { readonly email: string | null; readonly name: string | null } | undefined
  /** Why the last attempt did not pass, until the next. */
  problem: CheckoutProblem | undefined
  /** Of an attempt that waits for its buyer to authenticate, or that failed: tried again with the next card. */
  subscription: string | undefined
  /** The intent of the attempt: of `subscription` mode, that of its first invoice. */
  intent: string | undefined
}

/** What the page has to say to the buyer. */
export interface CheckoutProblem {
  readonly message: string
  /** The field of the form that it is about. */
  readonly field: CheckoutField | undefined
}

export type CheckoutField = 'email' | 'card' | 'expiry' | 'cvc' | 'name'
