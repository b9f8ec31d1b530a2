import { matching, page as pageOf } from '../api/list.ts'
import { flag, integer, mergeMetadata, type Params, text } from '../api/params.ts'
import { type Call, idAt, type Route } from '../api/route.ts'
import { invalidRequest } from '../api/stripe-error.ts'
import { refuseOfCheckout } from '../checkout/refuse-of-checkout.ts'
import { contextOf } from '../state/context.ts'
import { addPaymentIntent } from './add-payment-intent.ts'
import {
  cancelPaymentIntent,
  expectStatus,
  unexpectedState,
} from './cancel-payment-intent.ts'
import { capturePaymentIntent } from './capture-payment-intent.ts'
import { answering, expectClientSecret, forBrowser } from './client-secret.ts'
import {
  automaticPaymentMethods,
  expectConfirmation,
  expectUsable,
  givenPaymentMethod,
  returnUrlOf,
} from './intent-params.ts'
import { type AttemptOptions, attemptPayment } from './payment-attempt.ts'
import type { PaymentIntent, PaymentIntentStatus } from './payment-intent-object.ts'
import { NEW_FIELDS, readFields } from './payment-intent-params.ts'

const missing = [
  'types other than card, so that payment_method_data is refused: its description has no card',
  'confirmation_token',
  'mandate and mandate_data',
  'hooks',
  'radar_options',
  'payment_method_configuration',
  'the lines, taxes and shipping of amount_details',
]

const unverified = [
  'the order of events, and how soon charge.updated and disputes follow',
  'the advice and network codes of declines other than generic_decline',
  'the decline code of what Radar blocks, and that failed checks alone do not block',
  'that cards with required 3D Secure are declined off-session, even when set up',
]

export const paymentIntentRoutes: readonly Route[] = [
  {
    operation: 'POST /v1/payment_intents',
    run: create,
    missing: [...missing, 'application fees and transfers: their parameters are kept'],
    unverified,
  },
  { operation: 'GET /v1/payment_intents', run: page, missing: ['customer_account'] },
  { operation: 'GET /v1/payment_intents/{intent}', run: retrieve, isForBrowsers: true },
  {
    operation: 'POST /v1/payment_intents/{intent}',
    run: update,
    missing,
    unverified: ['what can still be changed once the payment has been made'],
  },
  {
    operation: 'POST /v1/payment_intents/{intent}/confirm',
    run: confirm,
    missing: [...missing, 'amount_to_confirm'],
    unverified,
    isForBrowsers: true,
  },
  {
    operation: 'POST /v1/payment_intents/{intent}/capture',
    run: capture,
    missing: ['captures in parts (final_capture=false)', 'transfer_data', 'hooks'],
  },
  {
    operation: 'POST /v1/payment_intents/{intent}/cancel',
    run: cancel,
    missing: ['the refund of what was held: only the charge shows it'],
  },
]

function create(call: Call): PaymentIntent {
  const { account, params } = call
  const confirms = flag(params, 'confirm') ?? false
  if (!confirms) {
    expectConfirmation(params, [
      'off_session',
      'error_on_requires_action',
      'return_url',
      'mandate_data',
    ])
  }
  const options = attemptOptions(params)
  const fields = readFields(call, NEW_FIELDS)
  const give = givenPaymentMethod({ account, params }, fields.customer, 'PaymentIntent')
  if (confirms && give === undefined) throw missingPaymentMethod()
  const given = text(params, 'payment_method') ?? null
  if (confirms) expectUsable(account, given, fields.customer, 'PaymentIntent')
  if (confirms) expectCardDescriptor(fields.statement_descriptor)
  const context = contextOf(call, fields.customer)
  const intent = addPaymentIntent(context, {
    ...fields,
    automatic_payment_methods: automaticPaymentMethods(params),
    confirmation_method: text(params, 'confirmation_method') ?? 'automatic',
    payment_method: give?.().id ?? null,
  })
  if (confirms) attemptPayment({ context, intent }, options)
  return intent
}

function page({ account, params }: Call): unknown {
  const isWanted = matching(params, ['customer'])
  return pageOf(account.paymentIntents, '/v1/payment_intents', params, isWanted)
}

function find(call: Call): PaymentIntent {
  return call.account.paymentIntents.get(idAt(call), 'intent')
}

function retrieve(call: Call): unknown {
  const intent = find(call)
  expectClientSecret(call, intent)
  return forBrowser(call, intent)
}

function update(call: Call): PaymentIntent {
  const intent = find(call)
  const decided = fixedWithThePayment.find((name) => call.params[name] !== undefined)
  if (decided !== undefined) expectStatus(intent, `update the ${decided} of`, undecided)
  assign(call, intent)
  return intent
}

function confirm(call: Call): unknown {
  const { params } = call
  const intent = find(call)
  expectClientSecret(call, intent)
  refuseOfCheckout(call.account, intent, 'confirm')
  if (intent.status === 'succeeded') {
    throw unexpectedState(
      intent,
      'You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.',
    )
  }
  expectStatus(intent, 'confirm', undecided)
  if (call.isPublishable && intent.confirmation_method === 'manual') {
    throw unexpectedState(
      intent,
      'This PaymentIntent has confirmation_method=manual: it can only be confirmed with a secret key.',
    )
  }
  const options = attemptOptions(params)
  if (!params.payment_method && !params.payment_method_data && !intent.payment_method)
    throw missingPaymentMethod()
  const held = text(params, 'payment_method') ?? intent.payment_method
  expectUsable(call.account, held, intent.customer, 'PaymentIntent')
  expectCardDescriptor(intent.statement_descriptor)
  assign(call, intent)
  const context = contextOf(call, intent.customer)
  return answering(call, intent, () => {
    attemptPayment({ context, intent }, options)
  })
}

function capture(call: Call): PaymentIntent {
  const { params } = call
  const intent = find(call)
  expectStatus(intent, 'capture', ['requires_capture'])
  if (flag(params, 'final_capture') === false) {
    throw invalidRequest(
      'This PaymentIntent cannot be captured in parts: final_capture has to be true.',
      { param: 'final_capture' },
    )
  }
  capturePaymentIntent(contextOf(call, intent.customer), intent, {
    amount: integer(params, 'amount_to_capture'),
    param: 'amount_to_capture',
    fields: {
      metadata: mergeMetadata(intent.metadata, params),
      statement_descriptor:
        text(params, 'statement_descriptor') ?? intent.statement_descriptor,
      statement_descriptor_suffix:
        text(params, 'statement_descriptor_suffix') ?? intent.statement_descriptor_suffix,
      application_fee_amount:
        integer(params, 'application_fee_amount') ?? intent.application_fee_amount,
    },
  })
  return intent
}

function cancel(call: Call): PaymentIntent {
  const intent = find(call)
  refuseOfCheckout(call.account, intent, 'cancel')
  const reason = text(call.params, 'cancellation_reason') ?? null
  cancelPaymentIntent(contextOf(call, intent.customer), intent, reason)
  return intent
}

const undecided: readonly PaymentIntentStatus[] = [
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
]

/** What cannot be changed any more once the payment has been made or canceled (the list is unverified against Stripe). */
const fixedWithThePayment = [
  'amount',
  'capture_method',
  'currency',
  'customer',
  'payment_method',
  'payment_method_data',
  'payment_method_options',
  'setup_future_usage',
]

function attemptOptions(params: Params): AttemptOptions {
  // It is a boolean, or says what kind of payment: `one_off`, `recurring`.
  const offSession = params.off_session !== undefined && params.off_session !== 'false'
  const failsOnAction = flag(params, 'error_on_requires_action') ?? false
  const usesSdk = flag(params, 'use_stripe_sdk') ?? false
  const returnUrl = returnUrlOf(params)
  return {
    offSession,
    onAuthentication: offSession || failsOnAction ? 'decline' : 'ask',
    returnUrl: usesSdk ? null : returnUrl,
  }
}

/** Takes over what is given, once all of it has been checked. */
function assign(call: Call, intent: PaymentIntent): void {
  const { account, params } = call
  const fields = readFields(call, intent)
  const give = givenPaymentMethod({ account, params }, fields.customer, 'PaymentIntent')
  Object.assign(intent, fields)
  if (give === undefined) return
  intent.payment_method = give().id
  if (!undecided.includes(intent.status)) return
  intent.next_action = null
  intent.status = 'requires_confirmation'
}

/** Source: https://docs.stripe.com/api/payment_intents/create#create_payment_intent-statement_descriptor; the wording is unverified against Stripe. */
function expectCardDescriptor(descriptor: string | null): void {
  if (descriptor === null) return
  throw invalidRequest(
    'The `statement_descriptor` parameter is not supported for card charges. Use `statement_descriptor_suffix` instead.',
    { param: 'statement_descriptor' },
  )
}

function missingPaymentMethod(): Error {
  return invalidRequest(
    "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.",
    { code: 'payment_intent_unexpected_state' },
  )
}
