// What happens when a payment intent is confirmed, by card. Scripted from
// https://docs.stripe.com/payments/paymentintents/lifecycle and
// https://docs.stripe.com/testing; the exact order of the events is inferred
// (unverified against Stripe, which guarantees none).
import { docUrl, invalidRequest } from '../api/stripe-error.ts'
import type { Decline } from '../cards/card-table.ts'
import type { Account, EventRequest } from '../state/account.ts'
import { addCharge } from './charge.ts'
import { declineBody, declineError } from './decline-error.ts'
import type { PaymentIntent } from './payment-intent-object.ts'
import type { PaymentMethod } from './payment-method-object.ts'
import { attachPaymentMethod, spent } from './payment-methods.ts'

export interface Attempt {
  readonly account: Account
  readonly intent: PaymentIntent
  readonly request: EventRequest
}

/** Source: https://docs.stripe.com/declines/codes */
const AUTHENTICATION_REQUIRED: Decline = {
  code: 'authentication_required',
  declineCode: 'authentication_required',
  message: 'Your card was declined. This transaction requires authentication.',
  adviceCode: 'try_again_later',
  networkDeclineCode: '1A',
}

export interface AttemptOptions {
  readonly offSession: boolean
  /** `error_on_requires_action`: 3D Secure is a decline. */
  readonly failsOnAction: boolean
}

/** Charges the intent's card, or asks for 3D Secure. @throws StripeError 402 when the card declines */
export function attemptPayment(
  attempt: Attempt,
  { offSession, failsOnAction }: AttemptOptions,
): void {
  const { account, intent, request } = attempt
  const paymentMethod = account.paymentMethods.get(intent.payment_method ?? '')
  const onFile = account.cardsOnFile.get(paymentMethod.id)
  if (onFile?.isSpent && paymentMethod.customer === null) throw spent()
  const behaviour = onFile?.card.behaviour ?? { kind: 'succeeds' }
  const passes = offSession && onFile?.isSetUp
  if (behaviour.kind === 'declines') {
    decline(attempt, paymentMethod, behaviour.decline)
  } else if (behaviour.kind === 'succeeds' || passes) {
    succeed(attempt, paymentMethod)
  } else if (offSession || failsOnAction) {
    decline(attempt, paymentMethod, AUTHENTICATION_REQUIRED)
  } else {
    intent.status = 'requires_action'
    intent.next_action = nextAction(intent)
    intent.last_payment_error = null
    account.emit('payment_intent.requires_action', intent, request)
  }
}

/** With a `return_url` Stripe gives a page to redirect to; the emulator has no such page yet. */
function nextAction({ id }: PaymentIntent): unknown {
  return {
    type: 'use_stripe_sdk',
    use_stripe_sdk: {
      type: 'stripe_3ds2_fingerprint',
      three_d_secure_2_source: id.replace('pi_', 'payatt_'),
    },
  }
}

/** Ends the 3D Secure of an intent as its buyer would. */
export function authenticate(attempt: Attempt, outcome: 'succeed' | 'fail'): void {
  const { account, intent, request } = attempt
  if (intent.status !== 'requires_action') {
    throw invalidRequest(
      `${intent.id} has the status ${intent.status}: there is nothing to authenticate.`,
      { code: 'payment_intent_unexpected_state' },
    )
  }
  const paymentMethod = account.paymentMethods.get(intent.payment_method ?? '')
  intent.next_action = null
  if (outcome === 'succeed') {
    const onFile = account.cardsOnFile.get(paymentMethod.id)
    if (onFile !== undefined && intent.setup_future_usage === 'off_session')
      onFile.isSetUp = true
    succeed(attempt, paymentMethod)
    return
  }
  const code = 'payment_intent_authentication_failure'
  intent.status = 'requires_payment_method'
  intent.payment_method = null
  intent.last_payment_error = {
    type: 'invalid_request_error',
    code,
    doc_url: docUrl(code),
    message:
      'The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new PaymentMethod to attempt to fulfill this PaymentIntent again.',
    payment_method: structuredClone(paymentMethod),
  }
  account.emit('payment_intent.payment_failed', intent, request)
}

function succeed(
  { account, intent, request }: Attempt,
  paymentMethod: PaymentMethod,
): void {
  const captured = intent.capture_method !== 'manual'
  const charge = addCharge(account, intent, paymentMethod, { captured })
  intent.latest_charge = charge.id
  intent.last_payment_error = null
  intent.next_action = null
  account.emit('charge.succeeded', charge, request)
  if (captured) {
    intent.status = 'succeeded'
    intent.amount_received = intent.amount
    account.emit('payment_intent.succeeded', intent, request)
  } else {
    intent.status = 'requires_capture'
    intent.amount_capturable = intent.amount
    account.emit('payment_intent.amount_capturable_updated', intent, request)
  }
  keepForLater({ account, intent, request }, paymentMethod)
}

/** With `setup_future_usage` Stripe attaches the card to the customer; otherwise it was for this payment only. */
function keepForLater(
  { account, intent, request }: Attempt,
  paymentMethod: PaymentMethod,
): void {
  if (paymentMethod.customer !== null) return
  if (intent.customer !== null && intent.setup_future_usage !== null) {
    attachPaymentMethod(account, paymentMethod, intent.customer, request)
    return
  }
  const onFile = account.cardsOnFile.get(paymentMethod.id)
  if (onFile !== undefined) onFile.isSpent = true
}

function decline(
  { account, intent, request }: Attempt,
  paymentMethod: PaymentMethod,
  reason: Decline,
): never {
  const charge = addCharge(account, intent, paymentMethod, {
    captured: false,
    decline: reason,
  })
  intent.status = 'requires_payment_method'
  intent.latest_charge = charge.id
  intent.payment_method = null
  intent.next_action = null
  intent.last_payment_error = {
    ...declineBody(reason),
    charge: charge.id,
    payment_method: structuredClone(paymentMethod),
  }
  account.emit('charge.failed', charge, request)
  account.emit('payment_intent.payment_failed', intent, request)
  throw declineError(reason, {
    charge: charge.id,
    payment_intent: structuredClone(intent),
    payment_method: structuredClone(paymentMethod),
  })
}
