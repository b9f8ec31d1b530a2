import type { StripeObject } from '../state/collection.ts'

/** Source: https://docs.stripe.com/api/customers/object */
export interface Customer extends StripeObject {
  readonly object: 'customer'
  readonly created: number
  readonly customer_account: null
  readonly livemode: false
  address: Address | null
  /** In the smallest unit of `currency`; below zero it is credit that the next invoice uses up. */
  balance: number
  business_name?: string
  /** Of the first invoice; `null` until then. */
  currency: string | null
  default_source: null
  delinquent: boolean
  description: string | null
  discount: null
  email: string | null
  individual_name?: string
  invoice_prefix: string
  invoice_settings: InvoiceSettings
  metadata: Readonly<Record<string, string>>
  name: string | null
  next_invoice_sequence: number
  phone: string | null
  preferred_locales: readonly string[]
  shipping: {
    readonly address: Address
    readonly name: string
    readonly phone: string | null
  } | null
  tax_exempt: string
  readonly test_clock: string | null
}

export interface Address {
  readonly city: string | null
  readonly country: string | null
  readonly line1: string | null
  readonly line2: string | null
  readonly postal_code: string | null
  readonly state: string | null
}

export interface InvoiceSettings {
  readonly custom_fields:
    | readonly { readonly name: string; readonly value: string }[]
    | null
  readonly default_payment_method: string | null
  readonly footer: string | null
  readonly rendering_options: {
    readonly amount_tax_display: string | null
    readonly template: string | null
  } | null
}
