import { invalidRequest } from '../api/stripe-error.ts'
import type { Account } from '../state/account.ts'
import { hasEnded } from './cancel-subscription.ts'

/**
 * What a customer has subscribed to is of one currency, as is what waits for an invoice.
 * Checkout Sessions that are open count at Stripe, too, and do not here.
 *
 * Source: https://docs.stripe.com/api/customers/object#customer_object-currency; the wording
 * is from answers of 2026
 *
 * @throws StripeError 400
 */
export function expectCurrency(
  { invoiceItems, subscriptions }: Account,
  customer: string,
  currency: string,
): void {
  const subscribed = subscriptions
    .where('customer', customer)
    .find((one) => one.currency !== currency && !hasEnded(one))
  const waiting = invoiceItems
    .where('customer', customer)
    .find((item) => item.currency !== currency && item.invoice === null)
  const other = subscribed ?? waiting
  if (other === undefined) return
  throw invalidRequest(
    `You cannot combine currencies on a single customer. This customer has an active subscription, subscription schedule, discount, quote, invoice item or active subscription mode checkout session with currency ${other.currency}.`,
  )
}
