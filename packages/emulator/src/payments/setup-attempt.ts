// What happens when a setup intent is confirmed, by card. Scripted from
// https://docs.stripe.com/payments/setupintents/lifecycle and
// https://docs.stripe.com/testing. Radar does not screen set-ups unless it is told to, so
// that the cards that it blocks can be set up (unverified against Stripe).
import { docUrl, invalidRequest, type StripeError } from '../api/stripe-error.ts'
import type { Decline } from '../cards/card.ts'
import { AUTHENTICATION_REQUIRED, GENERIC_DECLINE } from '../cards/declines.ts'
import { type Context, emit } from '../state/context.ts'
import { checkCard } from './card-checks.ts'
import { declineBody, declineError } from './decline-error.ts'
import { setupIntentMoved } from './intent-observers.ts'
import type { AttemptOptions } from './payment-attempt.ts'
import type { CardOnFile, PaymentMethod } from './payment-method-object.ts'
import { cardOf, declineOf, expectUnspent, keepFor } from './payment-methods.ts'
import { recordSetupAttempt } from './setup-attempts.ts'
import type { SetupIntent } from './setup-intent-object.ts'
import {
  isThreeDSecureRequested,
  nextAction,
  type ThreeDSecureResult,
  threeDSecureOf,
} from './three-d-secure.ts'

export interface SetupTry {
  readonly context: Context
  readonly intent: SetupIntent
}

/**
 * Sets up the intent's card for later payments, or asks for 3D Secure.
 *
 * @throws StripeError 402 when the card declines, after that has been recorded
 */
export function attemptSetup(
  attempt: SetupTry,
  { onAuthentication, returnUrl }: Omit<AttemptOptions, 'offSession'>,
): void {
  const { context, intent } = attempt
  const { paymentMethod, onFile } = cardOf(context.account, intent.payment_method)
  expectUnspent(context.account, paymentMethod.id)
  checkCard(context.account, paymentMethod)
  const issuerDecline = declineOf(onFile, 'attach')
  if (issuerDecline !== undefined) throw decline(attempt, paymentMethod, issuerDecline)
  const isRequested = isThreeDSecureRequested(intent.payment_method_options)
  const verdict = threeDSecureOf(onFile, { offSession: false, isRequested })
  if (verdict.kind === 'go_on') {
    succeed(attempt, paymentMethod, onFile, verdict.result)
  } else if (verdict.kind === 'impossible') {
    throw decline(attempt, paymentMethod, GENERIC_DECLINE)
  } else if (onAuthentication === 'decline') {
    throw decline(attempt, paymentMethod, AUTHENTICATION_REQUIRED)
  } else {
    intent.status = 'requires_action'
    intent.next_action = nextAction(context.account, intent, returnUrl)
    intent.last_setup_error = null
    recordSetupAttempt(context, intent, paymentMethod, { status: 'requires_action' })
    emit(context, 'setup_intent.requires_action', intent)
    setupIntentMoved(context, intent)
  }
}

/**
 * Ends the 3D Secure of a setup intent as its buyer would.
 *
 * @throws StripeError 400 when nothing is to be authenticated
 */
export function authenticateSetup(attempt: SetupTry, outcome: 'succeed' | 'fail'): void {
  const { context, intent } = attempt
  if (intent.status !== 'requires_action') {
    throw invalidRequest(
      `${intent.id} has the status ${intent.status}: there is nothing to authenticate.`,
      { code: 'setup_intent_unexpected_state' },
    )
  }
  const { paymentMethod, onFile } = cardOf(context.account, intent.payment_method)
  if (outcome === 'succeed') {
    succeed(attempt, paymentMethod, onFile, 'authenticated')
    return
  }
  const code = 'setup_intent_authentication_failure'
  fail(attempt, paymentMethod, {
    type: 'invalid_request_error',
    code,
    doc_url: docUrl(code),
    message:
      'The latest attempt to set up the payment method has failed because authentication failed.',
  })
  setupIntentMoved(context, intent)
}

function succeed(
  { context, intent }: SetupTry,
  paymentMethod: PaymentMethod,
  onFile: CardOnFile,
  threeDSecure: ThreeDSecureResult | null,
): void {
  if (intent.usage === 'off_session') onFile.isSetUp = true
  intent.status = 'succeeded'
  intent.next_action = null
  intent.last_setup_error = null
  recordSetupAttempt(context, intent, paymentMethod, {
    status: 'succeeded',
    threeDSecure,
  })
  if (intent.customer !== null && paymentMethod.customer === null)
    keepFor(context, paymentMethod, intent.customer)
  emit(context, 'setup_intent.succeeded', intent)
  setupIntentMoved(context, intent)
}

/** Records a decline. @returns what whoever asked for the set-up is answered */
function decline(
  attempt: SetupTry,
  paymentMethod: PaymentMethod,
  reason: Decline,
): StripeError {
  const { context, intent } = attempt
  fail(attempt, paymentMethod, declineBody(reason))
  const error = declineError(reason, {
    payment_method: { ...paymentMethod },
    setup_intent: { ...intent },
  })
  setupIntentMoved(context, intent)
  return error
}

function fail(
  { context, intent }: SetupTry,
  paymentMethod: PaymentMethod,
  reason: object,
): void {
  const error = { ...reason, payment_method: { ...paymentMethod } }
  intent.status = 'requires_payment_method'
  intent.payment_method = null
  intent.next_action = null
  intent.last_setup_error = error
  recordSetupAttempt(context, intent, paymentMethod, { status: 'failed', error })
  emit(context, 'setup_intent.setup_failed', intent)
}
