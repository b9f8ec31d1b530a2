import type { List } from '../api/list.ts'
import type { StripeObject } from '../state/collection.ts'
import type { Task } from '../state/timeline.ts'
import type { Period, Pricing } from './invoice-item-object.ts'

export type InvoiceStatus = 'draft' | 'open' | 'paid' | 'uncollectible' | 'void'

export type BillingReason =
  | 'manual'
  | 'subscription'
  | 'subscription_create'
  | 'subscription_cycle'
  | 'subscription_threshold'
  | 'subscription_update'
  | 'upcoming'

/** Source: https://docs.stripe.com/api/invoice-line-item/object */
export interface InvoiceLine {
  readonly id: string
  readonly object: 'line_item'
  /** In the currency's smallest unit. */
  readonly amount: number
  readonly currency: string
  readonly description: string | null
  readonly discount_amounts: readonly unknown[]
  readonly discountable: boolean
  readonly discounts: readonly unknown[]
  readonly invoice: string
  readonly livemode: false
  readonly metadata: Readonly<Record<string, string>>
  readonly parent: {
    readonly type: 'invoice_item_details' | 'subscription_item_details'
    readonly invoice_item_details: Readonly<Record<string, unknown>> | null
    readonly subscription_item_details: Readonly<Record<string, unknown>> | null
  }
  readonly period: Period
  readonly pretax_credit_amounts: readonly unknown[]
  readonly pricing: Pricing | null
  readonly quantity: number
  readonly quantity_decimal: string
  readonly subscription: string | null
  readonly subtotal: number
  readonly taxes: readonly unknown[]
}

/** Source: https://docs.stripe.com/api/invoices/object */
export interface Invoice extends StripeObject {
  readonly object: 'invoice'
  readonly billing_reason: BillingReason
  readonly created: number
  readonly currency: string
  readonly customer: string
  readonly livemode: false
  /** `null` for an invoice that belongs to no subscription. */
  readonly parent: {
    readonly type: 'subscription_details'
    readonly quote_details: null
    readonly subscription_details: {
      readonly metadata: Readonly<Record<string, string>>
      readonly subscription: string
    }
  } | null
  readonly period_start: number
  readonly period_end: number
  readonly test_clock: string | null
  amount_due: number
  amount_overpaid: number
  amount_paid: number
  amount_remaining: number
  attempt_count: number
  attempted: boolean
  auto_advance: boolean
  automatically_finalizes_at: number | null
  collection_method: 'charge_automatically' | 'send_invoice'
  default_payment_method: string | null
  description: string | null
  due_date: number | null
  effective_at: number | null
  ending_balance: number | null
  footer: string | null
  hosted_invoice_url: string | null
  invoice_pdf: string | null
  last_finalization_error: unknown
  lines: List<InvoiceLine>
  metadata: Readonly<Record<string, string>>
  next_payment_attempt: number | null
  number: string | null
  starting_balance: number
  status: InvoiceStatus
  status_transitions: {
    readonly finalized_at: number | null
    readonly marked_uncollectible_at: number | null
    readonly paid_at: number | null
    readonly voided_at: number | null
  }
  subtotal: number
  subtotal_excluding_tax: number
  total: number
  total_excluding_tax: number
  webhooks_delivered_at: number | null
  [field: string]: unknown
}

/** Source: https://docs.stripe.com/api/invoice-payment/object */
export interface InvoicePayment extends StripeObject {
  readonly object: 'invoice_payment'
  /** In the currency's smallest unit. */
  readonly amount_requested: number
  readonly created: number
  readonly currency: string
  readonly invoice: string
  readonly livemode: false
  readonly payment: { readonly type: 'payment_intent'; readonly payment_intent: string }
  amount_paid: number | null
  is_default: boolean
  status: 'open' | 'paid' | 'canceled'
  status_transitions: {
    readonly canceled_at: number | null
    readonly paid_at: number | null
  }
}

/** What Stripe knows of an invoice and never answers. */
export interface InvoiceState {
  /** The payment that is under way: the automatic ones are counted, and followed by retries. */
  attempt: 'automatic' | 'manual' | undefined
  /** How many automatic attempts were due, made or skipped. */
  tries: number
  /** The next thing that time brings: it is finalized, or its payment tried again. */
  task: Task | undefined
  overdue: Task | undefined
}
