// What happens when a buyer sends the form of a Checkout Session. Sources:
// https://docs.stripe.com/payments/checkout/how-checkout-works and
// https://docs.stripe.com/api/checkout/sessions
import type { Params } from '../api/params.ts'
import { invalidRequest } from '../api/stripe-error.ts'
import type { PaymentMethod } from '../payments/payment-method-object.ts'
import { createPaymentMethod, resolvePaymentMethod } from '../payments/payment-methods.ts'
import type { Context } from '../state/context.ts'
import { attemptPaymentOf } from './attempt-payment.ts'
import { attemptSetupOf } from './attempt-setup.ts'
import { attemptSubscriptionOf } from './attempt-subscription.ts'
import { isEmail } from './checkout-params.ts'
import type { CheckoutSession, CheckoutState } from './checkout-session-object.ts'
import { completeCheckout } from './complete-checkout.ts'
import { type Buyer, customerFor, fixedEmail } from './customer-details.ts'

export interface CheckoutForm extends Buyer {
  /** `number`, `exp_month`, `exp_year`, `cvc`, as the API takes them, or an alias such as `pm_card_visa`. */
  readonly card: Params | string | undefined
}

/**
 * Attempts to complete an open session, as its page does. Afterwards it is complete, or its
 * intent waits for the buyer to authenticate.
 *
 * @throws StripeError 402 when the card declines, 400 when something is missing
 */
export function attemptCheckout(
  context: Context,
  session: CheckoutSession,
  form: CheckoutForm,
): void {
  const state = openStateOf(context, session)
  const email = fixedEmail(context.account, session) ?? form.email
  if (email === null || !isEmail(email)) {
    throw invalidRequest('Enter the e-mail address of the buyer.', {
      code: 'email_invalid',
      param: 'email',
    })
  }
  const buyer: Buyer = { email, name: form.name }
  state.entered = buyer
  state.problem = undefined
  const attempt = { context, session, state, buyer }
  if (!needsCard(session)) {
    if (session.mode === 'subscription') attemptSubscriptionOf(attempt, null)
    else {
      const customer = customerFor(context, session, state, buyer)
      completeCheckout(context, session, { customer })
    }
    return
  }
  const paymentMethod = paymentMethodOf(context, form, buyer)
  if (session.mode === 'payment') attemptPaymentOf(attempt, paymentMethod)
  else if (session.mode === 'setup') attemptSetupOf(attempt, paymentMethod)
  else attemptSubscriptionOf(attempt, paymentMethod)
}

/** Whether a card is asked for: not when nothing is due, unless one is wanted for later. */
export function needsCard({
  mode,
  amount_total,
  payment_method_collection,
}: CheckoutSession): boolean {
  if (mode === 'setup') return true
  return amount_total !== 0 || payment_method_collection === 'always'
}

/** @throws StripeError 400: the session is over */
function openStateOf({ account }: Context, session: CheckoutSession): CheckoutState {
  const state = account.checkoutStates.get(session.id)
  if (session.status === 'open' && state !== undefined) return state
  throw invalidRequest(
    session.status === 'expired'
      ? 'This Checkout Session has expired.'
      : 'This Checkout Session has already been completed.',
  )
}

function paymentMethodOf(
  { account }: Context,
  { card }: CheckoutForm,
  { email, name }: Buyer,
): PaymentMethod {
  if (card === undefined) {
    throw invalidRequest('Enter the number of a test card.', {
      code: 'parameter_missing',
      param: 'card',
    })
  }
  if (typeof card === 'string') return resolvePaymentMethod(account, card, 'card')
  return createPaymentMethod(account, {
    type: 'card',
    card,
    billing_details: { ...(email !== null && { email }), ...(name !== null && { name }) },
  })
}
