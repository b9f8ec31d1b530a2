import type { StripeObject } from '../state/collection.ts'

/** Source: https://docs.stripe.com/api/setup_attempts/object */
export interface SetupAttempt extends StripeObject {
  readonly object: 'setup_attempt'
  readonly application: null
  readonly created: number
  readonly customer: string | null
  readonly customer_account: null
  readonly flow_directions: null
  readonly livemode: false
  readonly on_behalf_of: string | null
  readonly payment_method: string
  readonly setup_intent: string
  readonly usage: string
  payment_method_details: unknown
  setup_error: unknown
  status: 'requires_action' | 'succeeded' | 'failed'
}
