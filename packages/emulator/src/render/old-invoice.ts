import type { Account } from '../state/account.ts'
import { at, type Fields, fieldsOf, hashesOf, idOf, withMissing } from './fields.ts'
import { priceAndPlanOf } from './old-price.ts'

/** Source: https://docs.stripe.com/changelog/basil, from "Adds support for multiple partial payments on invoices" on */
export function oldInvoice(invoice: Fields, account: Account): Fields {
  const details = fieldsOf(at(invoice.parent, 'subscription_details'))
  const intent = intentOf(invoice, account)
  const paid = invoice.status === 'paid'
  const isPaidHere = intent?.status === 'succeeded'
  const prorationDate = details?.subscription_proration_date
  return withMissing(invoice, {
    application_fee_amount: intent?.application_fee_amount ?? null,
    charge: intent?.latest_charge ?? null,
    discount: discountOf(invoice),
    paid,
    paid_out_of_band: paid && invoice.amount_due !== 0 && !isPaidHere,
    payment_intent: intent?.id ?? null,
    quote: at(invoice.parent, 'quote_details', 'quote') ?? null,
    subscription: details?.subscription ?? null,
    subscription_details: details === undefined ? null : { metadata: details.metadata },
    ...(prorationDate !== undefined && { subscription_proration_date: prorationDate }),
    tax: taxOf(invoice.total_taxes),
    total_tax_amounts: oldTaxes(invoice.total_taxes),
    transfer_data: intent?.transfer_data ?? null,
  })
}

export function oldLine(line: Fields, account: Account): Fields {
  const details =
    fieldsOf(at(line.parent, 'subscription_item_details')) ??
    fieldsOf(at(line.parent, 'invoice_item_details'))
  const item = details?.invoice_item
  const subscriptionItem = details?.subscription_item
  const amounts = oldTaxes(line.taxes)
  const inclusive = amounts
    .filter((tax) => tax.inclusive)
    .reduce((sum, { amount }) => sum + amount, 0)
  const unitAmount = at(line.pricing, 'unit_amount_decimal') ?? null
  return withMissing(line, {
    amount_excluding_tax:
      typeof line.amount === 'number' ? line.amount - inclusive : null,
    ...(item ? { invoice_item: item } : {}),
    ...priceAndPlanOf(line.pricing, account),
    proration: details?.proration === true,
    proration_details: details?.proration_details ?? { credited_items: null },
    subscription: details?.subscription ?? null,
    ...(subscriptionItem ? { subscription_item: subscriptionItem } : {}),
    tax_amounts: amounts,
    tax_rates: [],
    type: subscriptionItem && !item ? 'subscription' : 'invoiceitem',
    unit_amount_excluding_tax: inclusive === 0 ? unitAmount : null,
  })
}

export function oldInvoiceItem(item: Fields, account: Account): Fields {
  const details = fieldsOf(at(item.parent, 'subscription_details'))
  const decimal = at(item.pricing, 'unit_amount_decimal')
  const amount = Number(decimal)
  const subscriptionItem = details?.subscription_item
  return withMissing(item, {
    ...priceAndPlanOf(item.pricing, account),
    subscription: details?.subscription ?? null,
    ...(subscriptionItem ? { subscription_item: subscriptionItem } : {}),
    unit_amount: decimal !== undefined && Number.isInteger(amount) ? amount : null,
    unit_amount_decimal: decimal ?? null,
  })
}

/** The first discount, when it is there whole; what is only named cannot be shown. */
export function discountOf({ discounts }: Fields): Fields | null {
  return hashesOf(discounts)[0] ?? null
}

/** What pays an invoice: before basil there was one payment, and no list of them. */
function intentOf({ id }: Fields, account: Account): Fields | undefined {
  const payments = account.invoicePayments.where('invoice', id)
  const payment = payments.find(({ is_default }) => is_default) ?? payments.at(-1)
  const intent = idOf(payment?.payment.payment_intent)
  const found = intent === undefined ? undefined : account.paymentIntents.find(intent)
  return found && { ...found }
}

interface OldTax {
  readonly amount: number
  readonly inclusive: boolean
  readonly tax_rate: unknown
  readonly taxability_reason: unknown
  readonly taxable_amount: unknown
}

function oldTaxes(taxes: unknown): readonly OldTax[] {
  return hashesOf(taxes).map((tax) => ({
    amount: Number(tax.amount),
    inclusive: tax.tax_behavior === 'inclusive',
    tax_rate: at(tax.tax_rate_details, 'tax_rate') ?? null,
    taxability_reason: tax.taxability_reason ?? null,
    taxable_amount: tax.taxable_amount ?? null,
  }))
}

function taxOf(taxes: unknown): number | null {
  const amounts = oldTaxes(taxes)
  return amounts.length === 0
    ? null
    : amounts.reduce((sum, { amount }) => sum + amount, 0)
}
