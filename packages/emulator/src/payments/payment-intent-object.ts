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
  readonly application: null
  readonly client_secret: string
  readonly confirmation_method: string
  readonly created: number
  readonly customer_account: null
  readonly livemode: false
  readonly managed_payments: { readonly enabled: false }
  readonly payment_method_configuration_details: null
  readonly payment_record: null
  readonly processing: null
  readonly review: null
  readonly source: null
  allowed_payment_method_types: readonly string[] | null
  /** In the currency's smallest unit, as every amount. */
  amount: number
  amount_capturable: number
  amount_details: unknown
  amount_received: number
  application_fee_amount: number | null
  automatic_payment_methods: unknown
  canceled_at: number | null
  cancellation_reason: string | null
  capture_method: string
  currency: string
  customer: string | null
  description: string | null
  excluded_payment_method_types: readonly string[] | null
  last_payment_error: unknown
  latest_charge: string | null
  metadata: Readonly<Record<string, string>>
  next_action: unknown
  on_behalf_of: string | null
  payment_details?: unknown
  payment_method: string | null
  payment_method_options: PaymentMethodOptions
  payment_method_types: readonly string[]
  receipt_email: string | null
  setup_future_usage: string | null
  shipping: unknown
  statement_descriptor: string | null
  statement_descriptor_suffix: string | null
  status: PaymentIntentStatus
  transfer_data: unknown
  transfer_group: string | null
}

export interface PaymentMethodOptions {
  readonly card: Readonly<Record<string, unknown>> & {
    readonly request_three_d_secure: unknown
  }
}
