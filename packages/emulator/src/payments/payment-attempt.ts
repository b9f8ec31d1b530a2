// What happens when a payment intent is confirmed, by card. Scripted from
// https://docs.stripe.com/payments/paymentintents/lifecycle and
// https://docs.stripe.com/testing; the exact order of the events is inferred
// (unverified against Stripe, which guarantees none).
import { docUrl, invalidRequest, type StripeError } from '../api/stripe-error.ts'
import type { Decline } from '../cards/card.ts'
import {
  AUTHENTICATION_REQUIRED,
  BLOCKED_BY_RADAR,
  GENERIC_DECLINE,
} from '../cards/declines.ts'
import { type Context, contextOfTime, emit } from '../state/context.ts'
import { beginAftermath } from './aftermath.ts'
import { cancelPaymentIntent } from './cancel-payment-intent.ts'
import { addCharge, HOLD_S, settle } from './charge.ts'
import { declineBody, declineError } from './decline-error.ts'
import { paymentIntentMoved } from './intent-observers.ts'
import type { PaymentIntent } from './payment-intent-object.ts'
import type { CardOnFile, PaymentMethod } from './payment-method-object.ts'
import { cardOf, declineOf, expectUnspent, keepFor } from './payment-methods.ts'
import {
  isThreeDSecureRequested,
  nextAction,
  type ThreeDSecureResult,
  threeDSecureOf,
} from './three-d-secure.ts'

export interface Attempt {
  readonly context: Context
  readonly intent: PaymentIntent
}

export interface AttemptOptions {
  readonly offSession: boolean
  /** What becomes of a card that needs 3D Secure: the buyer is asked, or it is declined. */
  readonly onAuthentication: 'ask' | 'decline'
  /** Where the buyer goes after the page of 3D Secure; without it there is none to go to. */
  readonly returnUrl?: string | null | undefined
}

/** Intents whose buyer has authenticated them, and that wait to be confirmed once more; with the payment method. */
const authenticated = new WeakMap<PaymentIntent, string>()

/**
 * Charges the intent's card, or asks for 3D Secure.
 *
 * @throws StripeError 402 when the card declines, after that has been recorded
 */
export function attemptPayment(attempt: Attempt, options: AttemptOptions): void {
  const { context, intent } = attempt
  const { offSession, onAuthentication, returnUrl } = options
  const { paymentMethod, onFile } = cardOf(context.account, intent.payment_method)
  expectUnspent(context.account, paymentMethod.id)
  const { card } = onFile
  if (card.risk?.isBlocked) throw decline(attempt, paymentMethod, BLOCKED_BY_RADAR)
  const confirmed = authenticated.get(intent)
  authenticated.delete(intent)
  if (confirmed === paymentMethod.id) {
    finish(attempt, paymentMethod, onFile, 'authenticated')
    return
  }
  const issuerDecline = declineOf(onFile, 'charge')
  if (issuerDecline !== undefined && card.threeDSecure === undefined)
    throw decline(attempt, paymentMethod, issuerDecline)
  const isRequested = isThreeDSecureRequested(intent.payment_method_options)
  const verdict = threeDSecureOf(onFile, { offSession, isRequested })
  if (verdict.kind === 'go_on') {
    finish(attempt, paymentMethod, onFile, verdict.result)
  } else if (verdict.kind === 'impossible') {
    throw decline(attempt, paymentMethod, GENERIC_DECLINE)
  } else if (onAuthentication === 'decline') {
    throw decline(attempt, paymentMethod, AUTHENTICATION_REQUIRED)
  } else {
    intent.status = 'requires_action'
    intent.next_action = nextAction(context.account, intent, returnUrl)
    intent.last_payment_error = null
    emit(context, 'payment_intent.requires_action', intent)
    paymentIntentMoved(context, intent)
  }
}

/**
 * Ends the 3D Secure of an intent as its buyer would. A card that is declined all the same
 * leaves the intent as a failed attempt does; nobody is there to be answered with a 402.
 *
 * @throws StripeError 400 when nothing is to be authenticated
 */
export function authenticate(attempt: Attempt, outcome: 'succeed' | 'fail'): void {
  const { context, intent } = attempt
  if (intent.status !== 'requires_action') {
    throw invalidRequest(
      `${intent.id} has the status ${intent.status}: there is nothing to authenticate.`,
      { code: 'payment_intent_unexpected_state' },
    )
  }
  const { paymentMethod, onFile } = cardOf(context.account, intent.payment_method)
  intent.next_action = null
  if (outcome === 'fail') {
    failAuthentication(context, intent, paymentMethod)
    return
  }
  if (intent.confirmation_method === 'manual') {
    // The application's server confirms it once more; there is no event of it.
    authenticated.set(intent, paymentMethod.id)
    intent.status = 'requires_confirmation'
    return
  }
  const issuerDecline = declineOf(onFile, 'charge')
  if (issuerDecline === undefined) succeed(attempt, paymentMethod, 'authenticated')
  else decline(attempt, paymentMethod, issuerDecline, 'authenticated')
}

function failAuthentication(
  context: Context,
  intent: PaymentIntent,
  paymentMethod: PaymentMethod,
): void {
  const code = 'payment_intent_authentication_failure'
  intent.status = 'requires_payment_method'
  intent.payment_method = null
  intent.last_payment_error = {
    type: 'invalid_request_error',
    code,
    doc_url: docUrl(code),
    message:
      'The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new PaymentMethod to attempt to fulfill this PaymentIntent again.',
    payment_method: { ...paymentMethod },
  }
  emit(context, 'payment_intent.payment_failed', intent)
  paymentIntentMoved(context, intent)
}

/** Charges a card that 3D Secure lets pass. */
function finish(
  attempt: Attempt,
  paymentMethod: PaymentMethod,
  onFile: CardOnFile,
  threeDSecure: ThreeDSecureResult | null,
): void {
  const reason = declineOf(onFile, 'charge')
  if (reason !== undefined) throw decline(attempt, paymentMethod, reason, threeDSecure)
  succeed(attempt, paymentMethod, threeDSecure)
}

function succeed(
  { context, intent }: Attempt,
  paymentMethod: PaymentMethod,
  threeDSecure: ThreeDSecureResult | null,
): void {
  const charge = addCharge(context, intent, paymentMethod, { threeDSecure })
  intent.latest_charge = charge.id
  intent.last_payment_error = null
  intent.next_action = null
  if (charge.captured) settle(context, charge, intent.capture_method)
  emit(context, 'charge.succeeded', charge)
  if (charge.captured) {
    intent.status = 'succeeded'
    intent.amount_received = intent.amount
    emit(context, 'payment_intent.succeeded', intent)
    beginAftermath(context, charge)
  } else {
    intent.status = 'requires_capture'
    intent.amount_capturable = intent.amount
    emit(context, 'payment_intent.amount_capturable_updated', intent)
    scheduleExpiry(context, intent)
  }
  keepForLater({ context, intent }, paymentMethod)
  paymentIntentMoved(context, intent)
}

/** What is not captured in time is let go. Source: https://docs.stripe.com/payments/place-a-hold-on-a-payment-method */
function scheduleExpiry({ account, timeline }: Context, intent: PaymentIntent): void {
  const charge = intent.latest_charge
  timeline.schedule(timeline.now() + HOLD_S, () => {
    if (intent.status !== 'requires_capture' || intent.latest_charge !== charge) return
    cancelPaymentIntent(contextOfTime(account, intent.customer), intent, 'automatic')
  })
}

/** With `setup_future_usage` Stripe attaches the card to the customer, or lets it be attached later; otherwise it was for this payment only. */
function keepForLater({ context, intent }: Attempt, paymentMethod: PaymentMethod): void {
  const onFile = context.account.cardsOnFile.get(paymentMethod.id)
  if (onFile !== undefined && intent.setup_future_usage === 'off_session')
    onFile.isSetUp = true
  if (paymentMethod.customer !== null) return
  if (intent.setup_future_usage === null) {
    if (onFile !== undefined) onFile.isSpent = true
  } else if (intent.customer !== null) {
    keepFor(context, paymentMethod, intent.customer)
  }
}

/** Records a decline. @returns what whoever asked for the payment is answered */
function decline(
  { context, intent }: Attempt,
  paymentMethod: PaymentMethod,
  reason: Decline,
  threeDSecure: ThreeDSecureResult | null = null,
): StripeError {
  const charge = addCharge(context, intent, paymentMethod, {
    decline: reason,
    threeDSecure,
  })
  intent.status = 'requires_payment_method'
  intent.latest_charge = charge.id
  intent.payment_method = null
  intent.next_action = null
  intent.last_payment_error = {
    ...declineBody(reason),
    charge: charge.id,
    payment_method: { ...paymentMethod },
  }
  emit(context, 'charge.failed', charge)
  emit(context, 'payment_intent.payment_failed', intent)
  const error = declineError(reason, {
    charge: charge.id,
    payment_intent: { ...intent },
    payment_method: { ...paymentMethod },
  })
  paymentIntentMoved(context, intent)
  return error
}
