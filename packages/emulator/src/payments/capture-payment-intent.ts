import { invalidRequest } from '../api/stripe-error.ts'
import { type Context, emit } from '../state/context.ts'
import { beginAftermath } from './aftermath.ts'
import { expectStatus } from './cancel-payment-intent.ts'
import { settle } from './charge.ts'
import { paymentIntentMoved } from './intent-observers.ts'
import type { PaymentIntent } from './payment-intent-object.ts'

export interface Capture {
  /** In the currency's smallest unit. Default: all of it. What is left is let go. */
  readonly amount: number | undefined
  /** The parameter that the amount came in. */
  readonly param: string
  /** What is set with it, once it is sure to happen. */
  readonly fields: Partial<PaymentIntent>
}

/**
 * Captures what is held on the card.
 *
 * @throws StripeError 400: nothing is held, or not so much
 */
export function capturePaymentIntent(
  context: Context,
  intent: PaymentIntent,
  { amount: asked, param, fields }: Capture,
): void {
  expectStatus(intent, 'capture', ['requires_capture'])
  const amount = asked ?? intent.amount_capturable
  if (amount > intent.amount_capturable) {
    throw invalidRequest(
      `The requested capture amount is greater than the amount you can capture for this charge: ${amount} is more than ${intent.amount_capturable}.`,
      { code: 'amount_too_large', param },
    )
  }
  if (amount < 1) {
    throw invalidRequest('This value must be greater than or equal to 1.', {
      code: 'parameter_invalid_integer',
      param,
    })
  }
  Object.assign(intent, fields)
  const charge = context.account.charges.get(intent.latest_charge ?? '')
  charge.captured = true
  charge.amount_captured = amount
  settle(context, charge, intent.capture_method)
  intent.amount_capturable = 0
  intent.amount_received = amount
  intent.status = 'succeeded'
  emit(context, 'charge.captured', charge)
  emit(context, 'payment_intent.succeeded', intent)
  beginAftermath(context, charge)
  paymentIntentMoved(context, intent)
}
