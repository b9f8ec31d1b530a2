import type { StripeObject } from '../state/collection.ts'

/** Source: https://docs.stripe.com/api/charges/object */
export interface Charge extends StripeObject {
  readonly object: 'charge'
  readonly amount: number
  amount_captured: number
  readonly amount_refunded: 0
  captured: boolean
  readonly created: number
  readonly currency: string
  readonly customer: string | null
  readonly livemode: false
  readonly metadata: Readonly<Record<string, string>>
  readonly paid: boolean
  readonly payment_intent: string
  readonly payment_method: string
  readonly status: 'succeeded' | 'failed'
  readonly [field: string]: unknown
}
