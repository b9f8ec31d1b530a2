import type { StripeObject } from '../state/collection.ts'
import type { PaymentMethodOptions } from './payment-intent-object.ts'

export type SetupIntentStatus =
  | 'requires_payment_method'
  | 'requires_confirmation'
  | 'requires_action'
  | 'processing'
  | 'succeeded'
  | 'canceled'

/** Source: https://docs.stripe.com/api/setup_intents/object */
export interface SetupIntent extends StripeObject {
  readonly object: 'setup_intent'
  readonly application: null
  readonly client_secret: string
  readonly created: number
  readonly customer_account: null
  readonly livemode: false
  readonly managed_payments: null
  readonly mandate: null
  readonly payment_method_configuration_details: null
  readonly single_use_mandate: null
  allowed_payment_method_types: readonly string[] | null
  automatic_payment_methods: unknown
  cancellation_reason: string | null
  customer: string | null
  description: string | null
  excluded_payment_method_types: readonly string[] | null
  flow_directions: readonly string[] | null
  last_setup_error: unknown
  latest_attempt: string | null
  metadata: Readonly<Record<string, string>>
  next_action: unknown
  on_behalf_of: string | null
  payment_method: string | null
  payment_method_options: PaymentMethodOptions
  payment_method_types: readonly string[]
  status: SetupIntentStatus
  usage: string
}
