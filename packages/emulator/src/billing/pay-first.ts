import { docUrl, StripeError } from '../api/stripe-error.ts'
import { addPaymentIntent } from '../payments/add-payment-intent.ts'
import { cancelPaymentIntent } from '../payments/cancel-payment-intent.ts'
import { attemptPayment } from '../payments/payment-attempt.ts'
import type { PaymentIntent } from '../payments/payment-intent-object.ts'
import type { Context } from '../state/context.ts'

export interface FirstPayment {
  /** In the currency's smallest unit. */
  readonly amount: number
  readonly paymentMethod: string | null
  readonly offSession: boolean
  /** What becomes of a card that asks for authentication: it is waited for, or there is no payment. */
  readonly onAuthentication: 'ask' | 'decline'
  readonly description: string
}

/**
 * Pays before anything is made or changed, for `error_if_incomplete`. What fails leaves a
 * canceled payment intent and its failed charge; that those stay is unverified against Stripe.
 *
 * @throws StripeError 402
 */
export function payFirst(
  context: Context,
  { currency, customer }: { readonly currency: string; readonly customer: string },
  { amount, paymentMethod, offSession, onAuthentication, description }: FirstPayment,
): PaymentIntent {
  const intent = addPaymentIntent(context, {
    amount,
    capture_method: 'automatic',
    currency,
    customer,
    description,
    payment_method: paymentMethod,
    setup_future_usage: 'off_session',
  })
  try {
    // Off-session there is nobody to be asked.
    const isAsked = onAuthentication === 'ask' || !offSession
    attemptPayment(
      { context, intent },
      { offSession, onAuthentication: isAsked ? 'ask' : 'decline' },
    )
    if (intent.status === 'requires_action' && onAuthentication === 'decline')
      throw requiresAction(intent)
  } catch (error) {
    if (error instanceof StripeError) cancelPaymentIntent(context, intent, 'automatic')
    throw error
  }
  return intent
}

/** Source: https://docs.stripe.com/error-codes; the wording is unverified against Stripe. */
function requiresAction(intent: PaymentIntent): StripeError {
  const code = 'subscription_payment_intent_requires_action'
  return new StripeError(402, {
    type: 'card_error',
    code,
    doc_url: docUrl(code),
    message:
      'Payment for this subscription requires additional user action before it can be completed successfully. Payment can be completed using the PaymentIntent associated with `subscription.latest_invoice`. For more details see: https://stripe.com/docs/billing/subscriptions/overview#requires-action',
    payment_intent: { ...intent },
  })
}
