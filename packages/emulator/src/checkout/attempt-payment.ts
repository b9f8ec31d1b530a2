import { nested, type Params, text } from '../api/params.ts'
import { addPaymentIntent, setPaymentMethodOf } from '../payments/add-payment-intent.ts'
import { attemptPayment } from '../payments/payment-attempt.ts'
import type { PaymentIntent } from '../payments/payment-intent-object.ts'
import type { PaymentMethod } from '../payments/payment-method-object.ts'
import { type Context, contextOf } from '../state/context.ts'
import type { CheckoutSession, CheckoutState } from './checkout-session-object.ts'
import { type Buyer, customerFor } from './customer-details.ts'

/** A buyer's try to complete a session; whoever follows its intent completes it. */
export interface CheckoutAttempt {
  readonly context: Context
  readonly session: CheckoutSession
  readonly state: CheckoutState
  readonly buyer: Buyer
}

/**
 * Pays in `payment` mode. The payment intent is made with the first attempt, and is the same
 * for all. Source: https://docs.stripe.com/changelog#august-1,-2022
 *
 * @throws StripeError 402 when the card declines
 */
export function attemptPaymentOf(
  { context, session, state, buyer }: CheckoutAttempt,
  paymentMethod: PaymentMethod,
): void {
  const customer = customerFor(context, session, state, buyer)
  const own = contextOf(context, customer)
  const intent = intentOf(own, session, state, customer)
  setPaymentMethodOf(intent, paymentMethod.id)
  attemptPayment({ context: own, intent }, { offSession: false, onAuthentication: 'ask' })
}

function intentOf(
  context: Context,
  session: CheckoutSession,
  state: CheckoutState,
  customer: string | null,
): PaymentIntent {
  const { account } = context
  const known = account.paymentIntents.find(state.intent ?? '')
  if (known !== undefined) return known
  const intent = addPaymentIntent(context, {
    amount: session.amount_total ?? 0,
    currency: session.currency ?? '',
    customer,
    payment_method_options: { card: { installments: null, ...optionsOf(session).card } },
    ...fieldsOf(state.data),
  })
  state.intent = intent.id
  session.payment_intent = intent.id
  account.checkoutOfIntent.set(intent.id, session.id)
  return intent
}

/** How the card is asked for 3D Secure, as the intents have it. */
export function optionsOf({
  payment_method_options,
}: CheckoutSession): PaymentIntent['payment_method_options'] {
  const { card } = payment_method_options
  return { card: { mandate_options: null, network: null, ...card } }
}

/** What `payment_intent_data` says, as far as it was given. */
function fieldsOf(data: Params): Partial<PaymentIntent> {
  const fields: Partial<PaymentIntent> = {}
  for (const name of TEXTS) {
    const value = text(data, name)
    if (value) fields[name] = value
  }
  const metadata = nested(data, 'metadata')
  if (metadata !== undefined) fields.metadata = metadata as Record<string, string>
  if (nested(data, 'shipping') !== undefined) fields.shipping = data.shipping
  return fields
}

const TEXTS = [
  'capture_method',
  'description',
  'receipt_email',
  'setup_future_usage',
  'statement_descriptor',
  'statement_descriptor_suffix',
  'transfer_group',
] as const
