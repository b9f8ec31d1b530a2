import type { StripeObject } from '../state/collection.ts'

/** Source: https://docs.stripe.com/api/charges/object */
export interface Charge extends StripeObject {
  readonly object: 'charge'
  /** In the currency's smallest unit, as every amount. */
  readonly amount: number
  readonly created: number
  readonly currency: string
  readonly livemode: false
  readonly outcome: unknown
  readonly paid: boolean
  readonly payment_intent: string
  readonly payment_method: string
  readonly status: 'succeeded' | 'failed'
  amount_captured: number
  amount_refunded: number
  balance_transaction: string | null
  captured: boolean
  customer: string | null
  description: string | null
  disputed: boolean
  fraud_details: Readonly<Record<string, string>>
  metadata: Readonly<Record<string, string>>
  receipt_email: string | null
  refunded: boolean
  shipping: unknown
  transfer_group: string | null
  [field: string]: unknown
}
