import { cancelNow, hasEnded } from '../billing/cancel-subscription.ts'
import { voidInvoice } from '../billing/invoices.ts'
import { cancelPaymentIntent } from '../payments/cancel-payment-intent.ts'
import { cancelSetupIntent } from '../payments/cancel-setup-intent.ts'
import { type Context, contextOf, contextOfTime, emit } from '../state/context.ts'
import type { CheckoutSession, CheckoutState } from './checkout-session-object.ts'
import { customerDetails } from './customer-details.ts'

/** Lets time end a session that nobody completes. */
export function scheduleExpiry(context: Context, session: CheckoutSession): void {
  const { account, timeline } = context
  const state = account.checkoutStates.get(session.id)
  if (state === undefined) return
  state.expiry = timeline.schedule(session.expires_at, () => {
    expireCheckout(contextOfTime(account, session.customer), session)
  })
}

/** Ends an open session: nobody can pay it any more, nor an attempt that waits for its buyer. */
export function expireCheckout(context: Context, session: CheckoutSession): void {
  const { account } = context
  const state = account.checkoutStates.get(session.id)
  state?.expiry?.cancel()
  session.status = 'expired'
  session.url = null
  session.client_secret = null
  // Source: https://docs.stripe.com/api/checkout/sessions/object#checkout_session_object-customer_details-email
  session.customer_details = customerDetails(account, session, undefined)
  emit(context, 'checkout.session.expired', session)
  if (state !== undefined) abandon(context, state)
}

/** What becomes of the unfinished attempt, and that it comes after the session's own event, is unverified against Stripe. */
function abandon(context: Context, state: CheckoutState): void {
  const { account } = context
  const subscription = account.subscriptions.find(state.subscription ?? '')
  const invoice = account.invoices.find(subscription?.latest_invoice ?? '')
  if (subscription !== undefined && invoice?.status === 'open') {
    const own = contextOf(context, subscription.customer)
    voidInvoice(own, invoice)
    if (!hasEnded(subscription))
      cancelNow(own, subscription, subscription.cancellation_details)
    return
  }
  const payment = account.paymentIntents.find(state.intent ?? '')
  if (payment !== undefined && isUnfinished(payment))
    cancelPaymentIntent(contextOf(context, payment.customer), payment, 'abandoned')
  const setup = account.setupIntents.find(state.intent ?? '')
  if (setup !== undefined && isUnfinished(setup))
    cancelSetupIntent(contextOf(context, setup.customer), setup, 'abandoned')
}

function isUnfinished({ status }: { readonly status: string }): boolean {
  return status !== 'succeeded' && status !== 'canceled'
}
