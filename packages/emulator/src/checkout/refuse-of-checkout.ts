import { invalidRequest } from '../api/stripe-error.ts'
import type { Account } from '../state/account.ts'

/**
 * Refuses to confirm or cancel the intent of an open Checkout Session: its page confirms it,
 * and its expiry cancels it. The wording is unverified against Stripe.
 *
 * Source: https://docs.stripe.com/api/checkout/sessions/object#checkout_session_object-payment_intent
 *
 * @throws StripeError 400
 */
export function refuseOfCheckout(
  account: Account,
  { id, object }: { readonly id: string; readonly object: string },
  action: 'confirm' | 'cancel',
): void {
  const session = account.checkoutSessions.find(account.checkoutOfIntent.get(id) ?? '')
  if (session?.status !== 'open') return
  if (session.payment_intent !== id && session.setup_intent !== id) return
  const name = object === 'setup_intent' ? 'SetupIntent' : 'PaymentIntent'
  throw invalidRequest(
    `You cannot ${action} this ${name} because it belongs to the Checkout Session ${session.id}. To cancel it, expire the Checkout Session instead.`,
    { code: `${object}_unexpected_state` },
  )
}
