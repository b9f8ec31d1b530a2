import type { StripeObject } from '../state/collection.ts'

/** Source: https://docs.stripe.com/api/invoiceitems/object */
export interface InvoiceItem extends StripeObject {
  readonly object: 'invoiceitem'
  /** Not answered: it is `date`. */
  readonly created: number
  readonly currency: string
  readonly customer: string
  readonly customer_account: null
  /** Seconds since 1970-01-01 UTC. */
  readonly date: number
  readonly livemode: false
  readonly parent: {
    readonly type: 'subscription_details'
    readonly subscription_details: {
      readonly subscription: string
      readonly subscription_item: string | null
    }
  } | null
  readonly proration: boolean
  readonly proration_details: unknown
  readonly test_clock: string | null
  /** In the currency's smallest unit; below zero it is a credit. */
  amount: number
  description: string | null
  discountable: boolean
  discounts: readonly string[]
  /** The invoice that it stands on; until then it waits for the customer's next one. */
  invoice: string | null
  metadata: Readonly<Record<string, string>>
  net_amount: number
  period: Period
  pricing: Pricing | null
  quantity: number
  quantity_decimal: string
  tax_rates: readonly unknown[]
}

/** Seconds since 1970-01-01 UTC. */
export interface Period {
  readonly start: number
  readonly end: number
}

export interface Pricing {
  readonly type: 'price_details'
  readonly price_details: { readonly price: string; readonly product: string }
  /** `null` on the line of a proration. */
  readonly unit_amount_decimal: string | null
}
