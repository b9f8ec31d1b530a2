import {
  flag,
  integer,
  list,
  mergeMetadata,
  nested,
  type Params,
  type ParamValue,
  text,
} from '../api/params.ts'
import { type Call, idAt, type Route } from '../api/route.ts'
import { invalidParameter, invalidRequest } from '../api/stripe-error.ts'
import { newId, randomCharacters } from '../state/ids.ts'
import { attemptPayment } from './payment-attempt.ts'
import type { PaymentIntent, PaymentIntentStatus } from './payment-intent-object.ts'
import { createPaymentMethod, resolvePaymentMethod } from './payment-methods.ts'

export const paymentIntentRoutes: readonly Route[] = [
  { operation: 'POST /v1/payment_intents', run: create },
  { operation: 'GET /v1/payment_intents', run: page },
  { operation: 'GET /v1/payment_intents/{intent}', run: retrieve },
  { operation: 'POST /v1/payment_intents/{intent}', run: update },
  { operation: 'POST /v1/payment_intents/{intent}/confirm', run: confirm },
  { operation: 'POST /v1/payment_intents/{intent}/capture', run: capture },
  { operation: 'POST /v1/payment_intents/{intent}/cancel', run: cancel },
]

function create(call: Call): PaymentIntent {
  const { account, params, request } = call
  const id = newId('pi')
  const intent: PaymentIntent = {
    id,
    object: 'payment_intent',
    amount: 0,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: null,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: 'automatic_async',
    client_secret: `${id}_secret_${randomCharacters(25)}`,
    confirmation_method: text(params, 'confirmation_method') ?? 'automatic',
    created: account.now(),
    currency: '',
    customer: null,
    description: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    metadata: {},
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: { card: { request_three_d_secure: 'automatic' } },
    payment_method_types: ['card'],
    processing: null,
    receipt_email: null,
    review: null,
    setup_future_usage: null,
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: 'requires_payment_method',
    transfer_data: null,
    transfer_group: null,
  }
  assign(call, intent)
  const automatic = nested(params, 'automatic_payment_methods')
  intent.automatic_payment_methods = automatic
    ? {
        allow_redirects: 'always',
        ...automatic,
        enabled: automatic.enabled === 'true',
      }
    : null
  const confirms = flag(params, 'confirm') ?? false
  if (confirms && intent.payment_method === null) throw missingPaymentMethod()
  account.paymentIntents.add(intent)
  account.emit('payment_intent.created', intent, request)
  if (confirms) attempt(call, intent)
  return intent
}

function page({ account, params }: Call): unknown {
  const customer = text(params, 'customer')
  return account.paymentIntents.page(
    '/v1/payment_intents',
    params,
    (intent) => !customer || intent.customer === customer,
  )
}

function retrieve(call: Call): PaymentIntent {
  return call.account.paymentIntents.get(idAt(call), 'intent')
}

function update(call: Call): PaymentIntent {
  const intent = retrieve(call)
  const decided = fixedWithThePayment.find((name) => call.params[name] !== undefined)
  if (decided !== undefined) expectStatus(intent, `update the ${decided} of`, undecided)
  return assign(call, intent)
}

function confirm(call: Call): PaymentIntent {
  const intent = retrieve(call)
  if (intent.status === 'succeeded') {
    throw unexpectedState(
      intent,
      'You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.',
    )
  }
  expectStatus(intent, 'confirm', undecided)
  assign(call, intent)
  if (intent.payment_method === null) throw missingPaymentMethod()
  attempt(call, intent)
  return intent
}

function capture(call: Call): PaymentIntent {
  const { account, params, request } = call
  const intent = retrieve(call)
  expectStatus(intent, 'capture', ['requires_capture'])
  const amount = integer(params, 'amount_to_capture') ?? intent.amount_capturable
  if (amount < 1 || amount > intent.amount_capturable) {
    throw invalidRequest(
      `You cannot capture ${amount}: it must be between 1 and the capturable amount, ${intent.amount_capturable}.`,
      { code: 'amount_too_large', param: 'amount_to_capture' },
    )
  }
  const charge = account.charges.get(intent.latest_charge ?? '')
  charge.captured = true
  charge.amount_captured = amount
  intent.amount_capturable = 0
  intent.amount_received = amount
  intent.status = 'succeeded'
  account.emit('charge.captured', charge, request)
  account.emit('payment_intent.succeeded', intent, request)
  return intent
}

function cancel({ account, ...call }: Call): PaymentIntent {
  const intent = retrieve({ account, ...call })
  expectStatus(intent, 'cancel', [
    'requires_payment_method',
    'requires_capture',
    'requires_confirmation',
    'requires_action',
  ])
  intent.status = 'canceled'
  intent.canceled_at = account.now()
  intent.cancellation_reason = text(call.params, 'cancellation_reason') ?? null
  intent.amount_capturable = 0
  intent.next_action = null
  account.emit('payment_intent.canceled', intent, call.request)
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
  'setup_future_usage',
]

function attempt({ account, params, request }: Call, intent: PaymentIntent): void {
  const offSession = params.off_session !== undefined && params.off_session !== 'false'
  const failsOnAction = flag(params, 'error_on_requires_action') ?? false
  attemptPayment({ account, intent, request }, { offSession, failsOnAction })
}

/** Takes over the parameters that create, update and confirm have in common; all are checked before any counts. */
function assign({ account, params }: Call, intent: PaymentIntent): PaymentIntent {
  const amount = integer(params, 'amount') ?? intent.amount
  if (amount < 1) {
    throw invalidParameter('This value must be greater than or equal to 1.', {
      code: 'parameter_invalid_integer',
      param: 'amount',
    })
  }
  const customer = text(params, 'customer') ?? intent.customer
  if (customer !== null) account.customers.get(customer, 'customer', 400)
  const paymentMethod =
    givenPaymentMethod({ account, params }, customer) ?? intent.payment_method

  intent.amount = amount
  intent.capture_method = text(params, 'capture_method') ?? intent.capture_method
  intent.currency = text(params, 'currency')?.toLowerCase() ?? intent.currency
  intent.customer = customer
  intent.payment_method = paymentMethod
  intent.metadata = mergeMetadata(intent.metadata, params)
  for (const name of copiedTexts) {
    const value = text(params, name)
    if (value !== undefined) intent[name] = value
  }
  if (params.shipping !== undefined) intent.shipping = params.shipping || null
  if (params.payment_method_types !== undefined) {
    intent.payment_method_types = list(params, 'payment_method_types')
  }
  if (paymentMethod !== null && intent.status === 'requires_payment_method') {
    intent.status = 'requires_confirmation'
  }
  return intent
}

const copiedTexts = [
  'description',
  'receipt_email',
  'setup_future_usage',
  'statement_descriptor',
  'statement_descriptor_suffix',
  'transfer_group',
] as const

function givenPaymentMethod(
  { account, params }: Pick<Call, 'account' | 'params'>,
  customer: string | null,
): string | undefined {
  const data: ParamValue | undefined = params.payment_method_data
  if (data !== undefined) {
    return createPaymentMethod(account, data as Params).id
  }
  const given = text(params, 'payment_method')
  if (!given) return undefined
  const paymentMethod = resolvePaymentMethod(account, given, 'payment_method')
  if (paymentMethod.customer !== null && paymentMethod.customer !== customer) {
    throw invalidRequest(
      `The PaymentMethod ${paymentMethod.id} belongs to the Customer ${paymentMethod.customer}. Please include the Customer in the \`customer\` parameter on the PaymentIntent.`,
      { param: 'payment_method' },
    )
  }
  return paymentMethod.id
}

function missingPaymentMethod(): Error {
  return invalidRequest(
    "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.",
    { code: 'payment_intent_unexpected_state' },
  )
}

function expectStatus(
  intent: PaymentIntent,
  action: string,
  allowed: readonly PaymentIntentStatus[],
): void {
  if (allowed.includes(intent.status)) return
  throw unexpectedState(
    intent,
    `You cannot ${action} this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be used here: ${allowed.join(', ')}.`,
  )
}

function unexpectedState(intent: PaymentIntent, message: string): Error {
  return invalidRequest(message, {
    code: 'payment_intent_unexpected_state',
    payment_intent: structuredClone(intent),
  })
}
