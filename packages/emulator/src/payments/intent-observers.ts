import type { Context } from '../state/context.ts'
import type { PaymentIntent } from './payment-intent-object.ts'
import type { SetupIntent } from './setup-intent-object.ts'

/** Tells those who wait for a payment that it has come further; its own events are out. */
export function paymentIntentMoved(context: Context, intent: PaymentIntent): void {
  for (const observer of context.account.world.observers.onPaymentIntent)
    observer(context, intent)
}

/** Tells those who wait for a set-up that it has come further; its own events are out. */
export function setupIntentMoved(context: Context, intent: SetupIntent): void {
  for (const observer of context.account.world.observers.onSetupIntent)
    observer(context, intent)
}
