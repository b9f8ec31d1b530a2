import type { StripeObject } from '../state/collection.ts'

export type PaymentIntentStatus =
  | 'requires_payment_method'
  | 'requires_confirmation'
  | 'requires_action'
  | 'requires_capture'
  | 'succeeded'
  | 'canceled'

/** Source: https://docs.stripe.com/api/payment_intents/object */
export interface PaymentIntent extends StripeObject {
  readonly object: 'payment_intent'
  readonly client_secret: string
  readonly created: number
  readonly livemode: false
  amount: number
  amount_capturable: number
  amount_details: { tip: Record<string, never> }
  amount_received: number
  application: null
  application_fee_amount: null
  automatic_payment_methods: unknown
  canceled_at: number | null
  cancellation_reason: string | null
  capture_method: string
  confirmation_method: string
  currency: string
  customer: string | null
  description: string | null
  last_payment_error: unknown
  latest_charge: string | null
  metadata: Record<string, string>
  next_action: unknown
  on_behalf_of: null
  payment_method: string | null
  payment_method_configuration_details: null
  payment_method_options: unknown
  payment_method_types: readonly string[]
  processing: null
  receipt_email: string | null
  review: null
  setup_future_usage: string | null
  shipping: unknown
  source: null
  statement_descriptor: string | null
  statement_descriptor_suffix: string | null
  status: PaymentIntentStatus
  transfer_data: null
  transfer_group: string | null
}
