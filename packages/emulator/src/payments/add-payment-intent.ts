import { type Context, emit } from '../state/context.ts'
import type { PaymentIntent, PaymentMethodOptions } from './payment-intent-object.ts'

type Given = 'amount' | 'currency'
type Made =
  | 'id'
  | 'object'
  | 'client_secret'
  | 'created'
  | 'status'
  | 'latest_charge'
  | 'last_payment_error'

/** What a payment intent is made with; the rest is as Stripe has it when nothing is said. */
export type NewPaymentIntent = Pick<PaymentIntent, Given> &
  Partial<Omit<PaymentIntent, Given | Made>>

/** How cards are charged unless something else is asked for. */
export const PAYMENT_OPTIONS: PaymentMethodOptions = {
  card: {
    installments: null,
    mandate_options: null,
    network: null,
    request_three_d_secure: 'automatic',
  },
}

/** Makes a payment intent that waits for a payment method, or for its confirmation. */
export function addPaymentIntent(
  context: Context,
  fields: NewPaymentIntent,
): PaymentIntent {
  const { account, timeline } = context
  const id = account.newId('pi')
  const intent: PaymentIntent = {
    id,
    object: 'payment_intent',
    allowed_payment_method_types: null,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: null,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: 'automatic_async',
    client_secret: `${id}_secret_${account.world.random.characters(25)}`,
    confirmation_method: 'automatic',
    created: timeline.now(),
    customer: null,
    customer_account: null,
    description: null,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: { enabled: false },
    metadata: {},
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: PAYMENT_OPTIONS,
    payment_method_types: ['card'],
    payment_record: null,
    processing: null,
    receipt_email: null,
    review: null,
    setup_future_usage: null,
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: fields.payment_method ? 'requires_confirmation' : 'requires_payment_method',
    transfer_data: null,
    transfer_group: null,
    ...fields,
  }
  account.paymentIntents.add(intent)
  emit(context, 'payment_intent.created', intent)
  return intent
}

/** Gives an intent another payment method to be confirmed with. */
export function setPaymentMethodOf(intent: PaymentIntent, paymentMethod: string): void {
  intent.payment_method = paymentMethod
  if (intent.status === 'requires_payment_method') intent.status = 'requires_confirmation'
}
