import { StripeError } from '../api/stripe-error.ts'
import type { Subscription } from '../billing/subscription-object.ts'
import type { PaymentIntent } from '../payments/payment-intent-object.ts'
import type { SetupIntent } from '../payments/setup-intent-object.ts'
import { change } from '../state/change.ts'
import { type Context, emitChange } from '../state/context.ts'
import { subscribe } from './attempt-subscription.ts'
import type { CheckoutSession, CheckoutState } from './checkout-session-object.ts'
import { completeCheckout } from './complete-checkout.ts'

interface Followed {
  readonly session: CheckoutSession
  readonly state: CheckoutState
}

/** Completes the session of a payment intent, whoever has moved it: the form, or its buyer later. */
export function followPaymentIntent(context: Context, intent: PaymentIntent): void {
  const followed = followedBy(context, intent.id)
  if (followed === undefined) return
  const { session, state } = followed
  const { status, customer, last_payment_error } = intent
  if (status === 'succeeded' || status === 'requires_capture') {
    const subscription = context.account.subscriptions.find(state.subscription ?? '')
    if (session.status === 'open') {
      if (subscription !== undefined) keepCard(context, subscription, intent)
      completeCheckout(context, session, {
        customer,
        ...(subscription !== undefined && { subscription }),
        isUncaptured: status === 'requires_capture',
      })
    } else if (status === 'succeeded') session.payment_status = 'paid'
  } else if (status === 'requires_payment_method') {
    noteProblem(state, last_payment_error)
  }
}

/** Completes the session of a setup intent; before a trial the subscription is made now. */
export function followSetupIntent(context: Context, intent: SetupIntent): void {
  const followed = followedBy(context, intent.id)
  if (followed === undefined || followed.session.status !== 'open') return
  const { session, state } = followed
  const { status, customer, payment_method, last_setup_error } = intent
  if (status === 'requires_payment_method') noteProblem(state, last_setup_error)
  if (status !== 'succeeded') return
  if (session.mode === 'setup') {
    completeCheckout(context, session, { customer })
    return
  }
  const paymentMethod = context.account.paymentMethods.find(payment_method ?? '')
  const buyer = state.entered ?? { email: null, name: null }
  try {
    subscribe({ context, session, state, buyer }, paymentMethod ?? null)
  } catch (error) {
    // The card has been saved all the same; the buyer is told on the page.
    if (!(error instanceof StripeError)) throw error
    noteProblem(state, error)
  }
}

/** A subscription is paid from now on with the card that paid it first. */
function keepCard(
  context: Context,
  subscription: Subscription,
  { payment_method }: PaymentIntent,
): void {
  const previous = change(subscription, { default_payment_method: payment_method })
  emitChange(context, 'customer.subscription.updated', subscription, previous)
}

function followedBy({ account }: Context, intent: string): Followed | undefined {
  const id = account.checkoutOfIntent.get(intent)
  const session = id === undefined ? undefined : account.checkoutSessions.find(id)
  const state = session && account.checkoutStates.get(session.id)
  return session && state && { session, state }
}

function noteProblem(state: CheckoutState, error: unknown): void {
  const { message } = (error ?? {}) as { readonly message?: string }
  if (message !== undefined) state.problem = { message, field: undefined }
}
