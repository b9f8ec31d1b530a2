import type { SetupIntent } from '../payments/setup-intent-object.ts'
import { change } from '../state/change.ts'
import { type Context, emitChange } from '../state/context.ts'
import { hasEnded } from './cancel-subscription.ts'
import type { Invoice } from './invoice-object.ts'
import type { Subscription } from './subscription-object.ts'

/**
 * What has paid an invoice of a subscription goes on to pay it, if that is its setting.
 *
 * Source: https://docs.stripe.com/api/subscriptions/object#subscription_object-payment_settings-save_default_payment_method
 */
export function savePaymentMethod(
  context: Context,
  { parent }: Invoice,
  paymentMethod: string | null,
): void {
  const id = parent?.subscription_details.subscription
  const subscription = id && context.account.subscriptions.find(id)
  if (!subscription || hasEnded(subscription)) return
  const saved = change(subscription, defaultAfter(subscription, paymentMethod))
  emitChange(context, 'customer.subscription.updated', subscription, saved)
}

/**
 * A subscription without a card, as before a trial, has got one. That its setting decides
 * whether that becomes its default is unverified against Stripe.
 */
export function followPendingSetup(
  context: Context,
  { customer, id, payment_method, status }: SetupIntent,
): void {
  if (status !== 'succeeded' || customer === null) return
  for (const subscription of context.account.subscriptions.where('customer', customer)) {
    if (subscription.pending_setup_intent !== id) continue
    const done = change(subscription, {
      pending_setup_intent: null,
      ...defaultAfter(subscription, payment_method),
    })
    emitChange(context, 'customer.subscription.updated', subscription, done)
  }
}

function defaultAfter(
  { payment_settings }: Subscription,
  paymentMethod: string | null,
): Partial<Subscription> {
  const { save_default_payment_method: saves } = payment_settings
  return saves === 'on_subscription' && paymentMethod !== null
    ? { default_payment_method: paymentMethod }
    : {}
}
