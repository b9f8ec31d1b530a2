import { invalidRequest, type StripeError } from '../api/stripe-error.ts'
import { type Context, emit } from '../state/context.ts'
import { paymentIntentMoved } from './intent-observers.ts'
import type { PaymentIntent, PaymentIntentStatus } from './payment-intent-object.ts'

/**
 * Cancels a payment intent; what it held on the card is let go.
 *
 * @param reason `automatic`, `void_invoice` and the like; `null` when none was given.
 * @throws StripeError 400 when it has succeeded, or is canceled
 */
export function cancelPaymentIntent(
  context: Context,
  intent: PaymentIntent,
  reason: string | null,
): void {
  expectStatus(intent, 'cancel', [
    'requires_payment_method',
    'requires_capture',
    'requires_confirmation',
    'requires_action',
  ])
  const isHeld = intent.status === 'requires_capture'
  intent.status = 'canceled'
  intent.canceled_at = context.timeline.now()
  intent.cancellation_reason = reason
  intent.amount_capturable = 0
  intent.next_action = null
  if (isHeld) release(context, intent, reason)
  emit(context, 'payment_intent.canceled', intent)
  paymentIntentMoved(context, intent)
}

/** The charge shows as refunded. Source: https://docs.stripe.com/refunds#cancel-payment */
function release(context: Context, intent: PaymentIntent, reason: string | null): void {
  const charge = context.account.charges.get(intent.latest_charge ?? '')
  charge.amount_refunded = charge.amount
  charge.refunded = true
  emit(context, reason === 'automatic' ? 'charge.expired' : 'charge.refunded', charge)
}

/** @throws StripeError 400 `payment_intent_unexpected_state` */
export function expectStatus(
  intent: PaymentIntent,
  action: string,
  allowed: readonly PaymentIntentStatus[],
): void {
  if (allowed.includes(intent.status)) return
  throw unexpectedState(
    intent,
    `You cannot ${action} this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be used here: ${allowed.join(', ')}.`,
  )
}

export function unexpectedState(intent: PaymentIntent, message: string): StripeError {
  return invalidRequest(message, {
    code: 'payment_intent_unexpected_state',
    payment_intent: { ...intent },
  })
}
