import type { StripeObject } from '../state/collection.ts'

/** Source: https://docs.stripe.com/api/customers/object */
export interface Customer extends StripeObject {
  readonly object: 'customer'
  readonly created: number
  readonly livemode: false
  address: unknown
  balance: number
  currency: null
  default_source: null
  delinquent: boolean
  description: string | null
  discount: null
  email: string | null
  invoice_prefix: string
  invoice_settings: {
    custom_fields: null
    default_payment_method: string | null
    footer: null
    rendering_options: null
  }
  metadata: Record<string, string>
  name: string | null
  next_invoice_sequence: number
  phone: string | null
  preferred_locales: readonly string[]
  shipping: unknown
  tax_exempt: string
  test_clock: null
}
