import type { Params } from '../api/params.ts'
import { collect, intentOf } from '../billing/collect.ts'
import { createSubscription } from '../billing/create-subscription.ts'
import type { Invoice } from '../billing/invoice-object.ts'
import type { PaymentMethod } from '../payments/payment-method-object.ts'
import { type Context, contextOf } from '../state/context.ts'
import type { CheckoutAttempt } from './attempt-payment.ts'
import { attemptSetupOf } from './attempt-setup.ts'
import type { CheckoutLine, CheckoutState } from './checkout-session-object.ts'
import { completeCheckout } from './complete-checkout.ts'
import { customerFor } from './customer-details.ts'

/**
 * Subscribes in `subscription` mode. When nothing is due today, the card is saved first, and
 * whoever follows its setup intent goes on.
 *
 * @param paymentMethod `null` when none is asked for.
 * @throws StripeError 402 when the card declines
 */
export function attemptSubscriptionOf(
  attempt: CheckoutAttempt,
  paymentMethod: PaymentMethod | null,
): void {
  if (paymentMethod !== null && attempt.session.amount_total === 0)
    attemptSetupOf(attempt, paymentMethod)
  else subscribe(attempt, paymentMethod)
}

/** Subscribes with a card that is saved already, or that its first payment saves. */
export function subscribe(
  { context, session, state, buyer }: CheckoutAttempt,
  paymentMethod: PaymentMethod | null,
): void {
  const customer = customerFor(context, session, state, buyer) ?? ''
  const own = contextOf(context, customer)
  const waiting = waitingOf(own, state)
  if (waiting !== undefined && paymentMethod !== null) {
    // That no second subscription is made is unverified against Stripe.
    collect(own, waiting, {
      kind: 'manual',
      offSession: false,
      onAuthentication: 'ask',
      paymentMethod: paymentMethod.id,
    })
    return
  }
  const subscription = createSubscription(own, paramsOf(state, customer), {
    keepsOnAction: true,
    // Sold is what was for sale when the session was made, or was made for it.
    resolvePrice: ({ prices }, id, param) => prices.get(id, param, 400),
    ...(paymentMethod !== null && { paymentMethod: paymentMethod.id }),
  })
  state.subscription = subscription.id
  const { account } = own
  const invoice = account.invoices.find(subscription.latest_invoice ?? '')
  if (invoice?.status === 'open') {
    state.intent = intentOf(account, invoice)?.id
    account.checkoutOfIntent.set(state.intent ?? '', session.id)
  } else completeCheckout(own, session, { customer, subscription })
}

/** The first invoice of an attempt that waits for its buyer, or that failed to authenticate, while it can be paid. */
function waitingOf({ account }: Context, state: CheckoutState): Invoice | undefined {
  const subscription = account.subscriptions.find(state.subscription ?? '')
  const invoice = account.invoices.find(subscription?.latest_invoice ?? '')
  return invoice?.status === 'open' ? invoice : undefined
}

/** What `POST /v1/subscriptions` is told. */
function paramsOf({ data, lines }: CheckoutState, customer: string): Params {
  const isRecurring = ({ price }: CheckoutLine) => price.recurring !== null
  return {
    ...data,
    customer,
    items: itemsOf(lines.filter(isRecurring)),
    add_invoice_items: itemsOf(lines.filter((line) => !isRecurring(line))),
    payment_behavior: 'error_if_incomplete',
  }
}

function itemsOf(lines: readonly CheckoutLine[]): Params {
  return Object.fromEntries(
    lines.map(({ price, quantity }, index) => [
      String(index),
      { price: price.id, quantity: String(quantity) },
    ]),
  )
}
