import type { Price } from '../catalogue/catalogue-objects.ts'
import type { Account } from '../state/account.ts'
import { amountOf, formatDay, priceText, prorate } from './amounts.ts'
import type { InvoiceItem, Period, Pricing } from './invoice-item-object.ts'
import type { InvoiceLine } from './invoice-object.ts'
import type { SubscriptionItem } from './subscription-object.ts'

/** A line before it stands on an invoice. */
export interface LineDraft {
  /** In the currency's smallest unit. */
  readonly amount: number
  readonly currency: string
  readonly description: string | null
  readonly discountable: boolean
  readonly invoiceItem: string | null
  readonly metadata: Readonly<Record<string, string>>
  readonly period: Period
  readonly pricing: Pricing | null
  readonly proration: boolean
  readonly quantity: number
  readonly subscription: string | null
  readonly subscriptionItem: string | null
}

export type ItemTerms = Pick<
  SubscriptionItem,
  'id' | 'price' | 'quantity' | 'metadata' | 'subscription'
>

/**
 * A whole period of a subscription item.
 *
 * @param trialMode The billing mode of a subscription on trial; without one it is charged.
 */
export function recurringLine(
  account: Account,
  item: ItemTerms,
  period: Period,
  trialMode?: string,
): LineDraft {
  const { price, quantity } = item
  const name = nameOf(account, price)
  return {
    ...termsOf(item),
    amount: trialMode === undefined ? amountOf(price, quantity) : 0,
    description:
      trialMode === undefined
        ? `${quantity} × ${name} (at ${rateOf(price)})`
        : trialText(quantity, name, trialMode),
    discountable: true,
    period,
    proration: false,
  }
}

/** What is left of a period, charged for what begins. */
export function remainingLine(
  account: Account,
  item: ItemTerms,
  period: Period,
  from: number,
): LineDraft {
  const { price, quantity } = item
  return {
    ...termsOf(item),
    amount: prorate(amountOf(price, quantity), period, from),
    description: `Remaining time on ${namesOf(account, item)} after ${formatDay(from)}`,
    discountable: false,
    period: { start: from, end: period.end },
    proration: true,
  }
}

/** What is left of the time that a line has charged for, given back. */
export function unusedLine(account: Account, line: LineDraft, from: number): LineDraft {
  const { amount, period, pricing, quantity } = line
  const price = account.prices.find(pricing?.price_details.price ?? '')
  const names = price === undefined ? '' : namesOf(account, { price, quantity })
  return {
    ...line,
    amount: prorate(-amount, period, Math.max(from, period.start)),
    description: `Unused time on ${names} after ${formatDay(from)}`,
    discountable: false,
    period: { start: Math.max(from, period.start), end: period.end },
    proration: true,
  }
}

function termsOf({ id, price, quantity, metadata, subscription }: ItemTerms) {
  return {
    currency: price.currency,
    invoiceItem: null,
    metadata,
    pricing: pricingOf(price),
    quantity,
    subscription,
    subscriptionItem: id,
  }
}

export function pricingOf({ id, product, unit_amount_decimal }: Price): Pricing {
  return {
    type: 'price_details',
    price_details: { price: id, product },
    unit_amount_decimal,
  }
}

/** An invoice item that has waited for an invoice. */
export function lineOfInvoiceItem(item: InvoiceItem): LineDraft {
  const details = item.parent?.subscription_details
  return {
    amount: item.amount,
    currency: item.currency,
    description: item.description,
    discountable: item.discountable,
    invoiceItem: item.id,
    metadata: item.metadata,
    period: item.period,
    pricing: item.pricing,
    proration: item.proration,
    quantity: item.quantity,
    subscription: details?.subscription ?? null,
    subscriptionItem: details?.subscription_item ?? null,
  }
}

/** The line as an invoice shows it. */
export function lineOf(account: Account, draft: LineDraft, invoice: string): InvoiceLine {
  const { amount, invoiceItem, subscription, subscriptionItem, proration } = draft
  const details = {
    proration,
    proration_details: { credited_items: null },
    subscription,
    subscription_item: subscriptionItem,
  }
  return {
    id: account.newId('il'),
    object: 'line_item',
    amount,
    currency: draft.currency,
    description: draft.description,
    discount_amounts: [],
    discountable: draft.discountable,
    discounts: [],
    invoice,
    livemode: false,
    metadata: draft.metadata,
    // What is prorated comes from an item of the subscription, and from an invoice item too.
    parent:
      invoiceItem === null || subscriptionItem !== null
        ? {
            type: 'subscription_item_details',
            invoice_item_details: null,
            subscription_item_details: { invoice_item: invoiceItem, ...details },
          }
        : {
            type: 'invoice_item_details',
            invoice_item_details: {
              invoice_item: invoiceItem,
              proration,
              proration_details: { credited_items: null },
              subscription,
            },
            subscription_item_details: null,
          },
    period: draft.period,
    pretax_credit_amounts: [],
    pricing: draft.pricing && {
      ...draft.pricing,
      // Its amount is a part of what the price says.
      ...(proration && { unit_amount_decimal: null }),
    },
    quantity: draft.quantity,
    quantity_decimal: String(draft.quantity),
    subscription,
    subtotal: amount,
    taxes: [],
  }
}

/** Source: https://docs.stripe.com/billing/subscriptions/billing-mode/compare */
function trialText(quantity: number, name: string, mode: string): string {
  return mode === 'classic'
    ? `Trial period for ${name}`
    : `Free trial for ${quantity} × ${name}`
}

function nameOf({ products }: Account, { product, nickname }: Price): string {
  return products.find(product)?.name ?? nickname ?? product
}

function namesOf(
  account: Account,
  { price, quantity }: Pick<ItemTerms, 'price' | 'quantity'>,
): string {
  const name = nameOf(account, price)
  return quantity === 1 ? name : `${quantity} × ${name}`
}

/** As `$10.00 / month`. */
function rateOf(price: Price): string {
  const amount = priceText(
    price.unit_amount ?? Number(price.unit_amount_decimal),
    price.currency,
  )
  const { recurring } = price
  if (recurring === null) return amount
  const { interval, interval_count: count } = recurring
  return count === 1 ? `${amount} / ${interval}` : `${amount} every ${count} ${interval}s`
}
