import type { Subscription } from '../billing/subscription-object.ts'
import { type Context, emit } from '../state/context.ts'
import type { CheckoutSession } from './checkout-session-object.ts'
import { customerDetails } from './customer-details.ts'

export interface CompletedHow {
  readonly customer: string | null
  readonly subscription?: Subscription
  /** The payment is only authorised, and is captured later. */
  readonly isUncaptured?: boolean
}

/** Ends an open session whose buyer has done all that was asked. Source: https://docs.stripe.com/payments/checkout/fulfill-orders */
export function completeCheckout(
  context: Context,
  session: CheckoutSession,
  { customer, subscription, isUncaptured = false }: CompletedHow,
): void {
  const { account } = context
  const state = account.checkoutStates.get(session.id)
  state?.expiry?.cancel()
  session.customer = customer
  if (subscription !== undefined) takeOver(context, session, subscription)
  session.status = 'complete'
  session.url = null
  session.client_secret = null
  // That a payment which is to be captured later is `unpaid` is unverified against Stripe.
  if (session.amount_total) session.payment_status = isUncaptured ? 'unpaid' : 'paid'
  else session.payment_status = 'no_payment_required'
  session.customer_details = customerDetails(account, session, state?.entered)
  emit(context, 'checkout.session.completed', session)
}

/** What is due today is in the first invoice, to the second. */
function takeOver(
  { account }: Context,
  session: CheckoutSession,
  { id, latest_invoice }: Subscription,
): void {
  session.subscription = id
  session.invoice = latest_invoice
  const invoice = account.invoices.find(latest_invoice ?? '')
  if (invoice === undefined) return
  session.amount_subtotal = invoice.subtotal
  session.amount_total = invoice.total
}
