import { nested, text } from '../api/params.ts'
import { addSetupIntent } from '../payments/add-setup-intent.ts'
import type { PaymentMethod } from '../payments/payment-method-object.ts'
import { attemptSetup } from '../payments/setup-attempt.ts'
import type { SetupIntent } from '../payments/setup-intent-object.ts'
import { type Context, contextOf } from '../state/context.ts'
import { type CheckoutAttempt, optionsOf } from './attempt-payment.ts'
import type { CheckoutSession, CheckoutState } from './checkout-session-object.ts'
import { customerFor } from './customer-details.ts'

/**
 * Saves a card: in `setup` mode, and before a trial begins.
 *
 * @throws StripeError 402 when the card declines
 */
export function attemptSetupOf(
  { context, session, state, buyer }: CheckoutAttempt,
  paymentMethod: PaymentMethod,
): void {
  const customer = customerFor(context, session, state, buyer)
  const own = contextOf(context, customer)
  const intent = setupIntentOf(own, session, state, customer)
  intent.customer = customer
  intent.payment_method = paymentMethod.id
  intent.status = 'requires_confirmation'
  attemptSetup({ context: own, intent }, { onAuthentication: 'ask' })
}

/** What saves the card: in `setup` mode it is there from the beginning. */
export function setupIntentOf(
  context: Context,
  session: CheckoutSession,
  state: CheckoutState,
  customer: string | null,
): SetupIntent {
  const { account } = context
  const known = account.setupIntents.find(state.intent ?? '')
  if (known !== undefined) return known
  const isOwn = session.mode === 'setup'
  const intent = addSetupIntent(context, {
    customer,
    payment_method_options: optionsOf(session),
    usage: 'off_session',
    ...(isOwn && {
      description: text(state.data, 'description') ?? null,
      metadata: (nested(state.data, 'metadata') ?? {}) as Record<string, string>,
    }),
  })
  state.intent = intent.id
  if (isOwn) session.setup_intent = intent.id
  account.checkoutOfIntent.set(intent.id, session.id)
  return intent
}
