import type { StripeObject } from '../state/collection.ts'

/** Source: https://docs.stripe.com/api/refunds/object */
export interface Refund extends StripeObject {
  readonly object: 'refund'
  /** In the currency's smallest unit. */
  readonly amount: number
  readonly charge: string
  readonly created: number
  readonly currency: string
  readonly customer: string | null
  readonly customer_account: null
  readonly payment_intent: string
  readonly payment_method: string
  readonly reason: string | null
  readonly receipt_number: null
  readonly source_transfer_reversal: null
  readonly transfer_reversal: null
  balance_transaction: string | null
  destination_details: unknown
  failure_balance_transaction?: string
  failure_reason?: string
  metadata: Readonly<Record<string, string>>
  pending_reason?: string
  status: 'pending' | 'succeeded' | 'failed'
}
