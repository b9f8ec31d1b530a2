// An invoice before it is kept: how its lines add up. Nothing here changes anything, so
// that previews and invoices that are never made use it too.
import { listOf } from '../api/list.ts'
import { invalidRequest } from '../api/stripe-error.ts'
import { MAXIMUM_CHARGE, minimumCharge } from '../catalogue/currency.ts'
import type { Customer } from '../customers/customer-object.ts'
import type { Context } from '../state/context.ts'
import { type LineDraft, lineOf, lineOfInvoiceItem } from './invoice-lines.ts'
import type { BillingReason, Invoice } from './invoice-object.ts'
import type { Subscription } from './subscription-object.ts'

export interface InvoiceDraft {
  readonly customer: Customer
  readonly subscription:
    | Pick<Subscription, 'id' | 'metadata' | 'default_payment_method'>
    | undefined
  readonly reason: BillingReason
  readonly currency: string
  readonly lines: readonly LineDraft[]
  readonly periodStart: number
  readonly periodEnd: number
  readonly collectionMethod: Invoice['collection_method']
  /** Seconds since 1970-01-01 UTC; only of an invoice that is sent. */
  readonly dueDate: number | null
  /** Whether it is finalized and collected by itself. */
  readonly autoAdvance: boolean
  readonly fields?: Partial<Invoice>
}

const AN_HOUR = 3_600
/** As recorded answers have it, of an invoice that belongs to no billing cycle. */
const RENDERING = {
  amount_tax_display: null,
  pdf: { page_size: 'auto' },
  template: null,
  template_version: null,
} as const

/** What waits for the next invoice of a customer: of a subscription, and what belongs to none. */
export function pendingLines(
  { account }: Context,
  customer: string,
  currency: string,
  subscription?: string,
): readonly LineDraft[] {
  return account.invoiceItems
    .where('customer', customer)
    .filter(
      (item) =>
        item.invoice === null &&
        item.currency === currency &&
        belongsTo(item.parent?.subscription_details.subscription, subscription),
    )
    .map(lineOfInvoiceItem)
}

function belongsTo(owner: string | undefined, subscription: string | undefined): boolean {
  return owner === undefined || owner === subscription
}

/** Builds an invoice in the status `draft`. */
export function draftInvoice(context: Context, draft: InvoiceDraft): Invoice {
  const { account, timeline } = context
  const { customer, subscription } = draft
  const id = account.newId('in')
  const now = timeline.now()
  const lines = draft.lines.map((line) => lineOf(account, line, id))
  return {
    id,
    object: 'invoice',
    account_country: 'US',
    account_name: null,
    account_tax_ids: null,
    amount_overpaid: 0,
    amount_paid: 0,
    amount_shipping: 0,
    application: null,
    attempt_count: 0,
    attempted: false,
    auto_advance: draft.autoAdvance,
    automatic_tax: {
      disabled_reason: null,
      enabled: false,
      liability: null,
      provider: null,
      status: null,
    },
    automatically_finalizes_at: draft.autoAdvance ? now + AN_HOUR : null,
    billing_reason: draft.reason,
    collection_method: draft.collectionMethod,
    created: now,
    currency: draft.currency,
    custom_fields: null,
    customer: customer.id,
    customer_account: null,
    customer_address: customer.address,
    customer_email: customer.email,
    customer_name: customer.name,
    customer_phone: customer.phone,
    customer_shipping: customer.shipping,
    customer_tax_exempt: customer.tax_exempt,
    customer_tax_ids: [],
    default_payment_method: null,
    default_source: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    due_date: draft.dueDate,
    effective_at: null,
    ending_balance: null,
    footer: null,
    from_invoice: null,
    hosted_invoice_url: null,
    invoice_pdf: null,
    issuer: { type: 'self' },
    last_finalization_error: null,
    latest_revision: null,
    lines: listOf(lines, `/v1/invoices/${id}/lines`),
    livemode: false,
    metadata: {},
    next_payment_attempt:
      draft.autoAdvance && draft.collectionMethod === 'charge_automatically'
        ? now + AN_HOUR
        : null,
    number: null,
    on_behalf_of: null,
    parent:
      subscription === undefined
        ? null
        : {
            type: 'subscription_details',
            quote_details: null,
            subscription_details: {
              metadata: subscription.metadata,
              subscription: subscription.id,
            },
          },
    payment_settings: {
      default_mandate: null,
      payment_method_options: null,
      payment_method_types: null,
    },
    period_end: draft.periodEnd,
    period_start: draft.periodStart,
    post_payment_credit_notes_amount: 0,
    pre_payment_credit_notes_amount: 0,
    receipt_number: null,
    rendering: draft.reason === 'manual' ? RENDERING : null,
    shipping_cost: null,
    shipping_details: null,
    starting_balance: customer.balance,
    statement_descriptor: null,
    status: 'draft',
    status_transitions: {
      finalized_at: null,
      marked_uncollectible_at: null,
      paid_at: null,
      voided_at: null,
    },
    test_clock: customer.test_clock,
    total_discount_amounts: [],
    total_pretax_credit_amounts: [],
    total_taxes: [],
    webhooks_delivered_at: null,
    ...totalsOf(lines, customer.balance, draft.currency),
    ...draft.fields,
  }
}

type Totals = Pick<
  Invoice,
  | 'amount_due'
  | 'amount_remaining'
  | 'subtotal'
  | 'subtotal_excluding_tax'
  | 'total'
  | 'total_excluding_tax'
>

/**
 * What lines come to. The customer's balance is applied to it: below zero it is a credit.
 * What is left below the smallest charge is not collected.
 *
 * Source: https://docs.stripe.com/billing/customer/balance
 */
export function totalsOf(
  lines: readonly { readonly amount: number }[],
  balance: number,
  currency: string,
): Totals {
  const total = lines.reduce((sum, { amount }) => sum + amount, 0)
  const due = dueOf(total, balance, currency)
  return {
    amount_due: due,
    amount_remaining: due,
    subtotal: total,
    subtotal_excluding_tax: total,
    total,
    total_excluding_tax: total,
  }
}

function dueOf(total: number, balance: number, currency: string): number {
  const due = total + balance
  return due < minimumCharge(currency) ? 0 : due
}

/** What would be due on an invoice of a subscription, with what waits for the customer's next one. */
export function dueOfSubscription(
  context: Context,
  { currency, customer, id }: Pick<Subscription, 'currency' | 'customer' | 'id'>,
  lines: readonly LineDraft[],
): number {
  const { balance } = context.account.customers.get(customer)
  const all = [...pendingLines(context, customer, currency, id), ...lines]
  return totalsOf(all, balance, currency).amount_due
}

/** @throws StripeError 400: it is more than can be charged. The wording is unverified against Stripe. */
export function checkDue(amount: number): void {
  if (amount <= MAXIMUM_CHARGE) return
  throw invalidRequest(
    `The amount due of the invoice is ${amount}: it must be no more than ${MAXIMUM_CHARGE}.`,
    { code: 'amount_too_large' },
  )
}

/** What is left on the customer's balance after an invoice. In the currency's smallest unit. */
export function endingBalanceOf(total: number, balance: number, due: number): number {
  return total + balance - due
}
