import { page as pageOf } from '../api/list.ts'
import { text } from '../api/params.ts'
import type { Call, Route } from '../api/route.ts'
import { invalidParameter } from '../api/stripe-error.ts'
import type { Context } from '../state/context.ts'
import { cardDetails } from './charge.ts'
import type { PaymentMethod } from './payment-method-object.ts'
import type { SetupAttempt } from './setup-attempt-object.ts'
import type { SetupIntent } from './setup-intent-object.ts'
import { type ThreeDSecureResult, threeDSecureDetails } from './three-d-secure.ts'

export const setupAttemptRoutes: readonly Route[] = [
  { operation: 'GET /v1/setup_attempts', run: page },
]

export interface SetupOutcome {
  readonly status: SetupAttempt['status']
  readonly error?: unknown
  readonly threeDSecure?: ThreeDSecureResult | null
}

/** Records how far an attempt to set up a card has come. One that waited for its buyer goes on. */
export function recordSetupAttempt(
  { account, timeline }: Context,
  intent: SetupIntent,
  paymentMethod: PaymentMethod,
  { status, error = null, threeDSecure = null }: SetupOutcome,
): void {
  const isFrictionless =
    account.cardsOnFile.get(paymentMethod.id)?.card.threeDSecure?.isFrictionless ?? false
  const details = {
    card: {
      ...cardDetails(paymentMethod),
      three_d_secure: threeDSecureDetails(account, threeDSecure, isFrictionless),
    },
    type: 'card',
  }
  const latest = account.setupAttempts.find(intent.latest_attempt ?? '')
  if (
    latest?.status === 'requires_action' &&
    latest.payment_method === paymentMethod.id
  ) {
    latest.status = status
    latest.setup_error = error
    latest.payment_method_details = details
    return
  }
  const attempt = account.setupAttempts.add({
    id: account.newId('setatt'),
    object: 'setup_attempt',
    application: null,
    created: timeline.now(),
    customer: intent.customer,
    customer_account: null,
    flow_directions: null,
    livemode: false,
    on_behalf_of: intent.on_behalf_of,
    payment_method: paymentMethod.id,
    payment_method_details: details,
    setup_error: error,
    setup_intent: intent.id,
    status,
    usage: intent.usage,
  })
  intent.latest_attempt = attempt.id
}

function page({ account, params }: Call): unknown {
  const intent = text(params, 'setup_intent')
  if (!intent) {
    throw invalidParameter('Missing required param: setup_intent.', {
      code: 'parameter_missing',
      param: 'setup_intent',
    })
  }
  account.setupIntents.get(intent, 'setup_intent', 400)
  return pageOf(
    account.setupAttempts,
    '/v1/setup_attempts',
    params,
    (attempt) => attempt.setup_intent === intent,
  )
}
