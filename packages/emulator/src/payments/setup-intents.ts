import { matching, page as pageOf } from '../api/list.ts'
import { flag, mergeMetadata, text } from '../api/params.ts'
import { type Call, idAt, type Route } from '../api/route.ts'
import { invalidRequest } from '../api/stripe-error.ts'
import { refuseOfCheckout } from '../checkout/refuse-of-checkout.ts'
import { contextOf } from '../state/context.ts'
import { addSetupIntent, SETUP_OPTIONS } from './add-setup-intent.ts'
import { cancelSetupIntent, expectSetupStatus } from './cancel-setup-intent.ts'
import { answering, expectClientSecret, forBrowser } from './client-secret.ts'
import {
  automaticPaymentMethods,
  expectConfirmation,
  expectUsable,
  givenPaymentMethod,
  paymentMethodOptions,
  paymentMethodTypes,
  returnUrlOf,
  textOr,
  typesOr,
} from './intent-params.ts'
import { attemptSetup } from './setup-attempt.ts'
import type { SetupIntent } from './setup-intent-object.ts'

const missing = [
  'types other than card, so that payment_method_data is refused: its description has no card',
  'confirmation_token',
  'mandate_data and mandates',
  'single_use',
  'attach_to_self',
]
const unverified = ['whether Radar lets the cards that it blocks be set up']

export const setupIntentRoutes: readonly Route[] = [
  { operation: 'POST /v1/setup_intents', run: create, missing, unverified },
  {
    operation: 'GET /v1/setup_intents',
    run: page,
    missing: ['attach_to_self', 'customer_account'],
  },
  { operation: 'GET /v1/setup_intents/{intent}', run: retrieve, isForBrowsers: true },
  { operation: 'POST /v1/setup_intents/{intent}', run: update, missing },
  {
    operation: 'POST /v1/setup_intents/{intent}/confirm',
    run: confirm,
    missing,
    unverified,
    isForBrowsers: true,
  },
  { operation: 'POST /v1/setup_intents/{intent}/cancel', run: cancel },
]

type Fields = Pick<
  SetupIntent,
  | 'allowed_payment_method_types'
  | 'customer'
  | 'description'
  | 'excluded_payment_method_types'
  | 'flow_directions'
  | 'metadata'
  | 'on_behalf_of'
  | 'payment_method_options'
  | 'payment_method_types'
>

function create(call: Call): SetupIntent {
  const { account, params } = call
  const confirms = flag(params, 'confirm') ?? false
  if (!confirms) expectConfirmation(params, ['return_url', 'mandate_data'])
  const returnUrl = returnUrlOf(params)
  const fields = read(call, {
    allowed_payment_method_types: null,
    customer: null,
    description: null,
    excluded_payment_method_types: null,
    flow_directions: null,
    metadata: {},
    on_behalf_of: null,
    payment_method_options: SETUP_OPTIONS,
    payment_method_types: ['card'],
  })
  const give = givenPaymentMethod({ account, params }, fields.customer, 'SetupIntent')
  if (confirms && give === undefined) throw missingPaymentMethod()
  const given = text(params, 'payment_method') ?? null
  if (confirms) expectUsable(account, given, fields.customer, 'SetupIntent')
  const context = contextOf(call, fields.customer)
  const intent = addSetupIntent(context, {
    ...fields,
    automatic_payment_methods: automaticPaymentMethods(params),
    payment_method: give?.().id ?? null,
    usage: text(params, 'usage') ?? 'off_session',
  })
  if (confirms) attemptSetup({ context, intent }, { onAuthentication: 'ask', returnUrl })
  return intent
}

function page({ account, params }: Call): unknown {
  const isWanted = matching(params, ['customer', 'payment_method'])
  return pageOf(account.setupIntents, '/v1/setup_intents', params, isWanted)
}

function find(call: Call): SetupIntent {
  return call.account.setupIntents.get(idAt(call), 'intent')
}

function retrieve(call: Call): unknown {
  const intent = find(call)
  expectClientSecret(call, intent)
  return forBrowser(call, intent)
}

function update(call: Call): SetupIntent {
  const intent = find(call)
  expectSetupStatus(intent, 'update', OPEN)
  assign(call, intent)
  return intent
}

function confirm(call: Call): unknown {
  const { params } = call
  const intent = find(call)
  expectClientSecret(call, intent)
  refuseOfCheckout(call.account, intent, 'confirm')
  expectSetupStatus(intent, 'confirm', OPEN)
  const returnUrl = returnUrlOf(params)
  if (!params.payment_method && !params.payment_method_data && !intent.payment_method)
    throw missingPaymentMethod()
  const held = text(params, 'payment_method') ?? intent.payment_method
  expectUsable(call.account, held, intent.customer, 'SetupIntent')
  assign(call, intent)
  const context = contextOf(call, intent.customer)
  return answering(call, intent, () => {
    attemptSetup({ context, intent }, { onAuthentication: 'ask', returnUrl })
  })
}

function cancel(call: Call): SetupIntent {
  const intent = find(call)
  refuseOfCheckout(call.account, intent, 'cancel')
  const reason = text(call.params, 'cancellation_reason') ?? null
  cancelSetupIntent(contextOf(call, intent.customer), intent, reason)
  return intent
}

const OPEN = [
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
] as const

/** Takes over what is given, once all of it has been checked. */
function assign(call: Call, intent: SetupIntent): void {
  const { account, params } = call
  const fields = read(call, intent)
  const give = givenPaymentMethod({ account, params }, fields.customer, 'SetupIntent')
  Object.assign(intent, fields)
  if (give === undefined) return
  intent.payment_method = give().id
  intent.next_action = null
  intent.status = 'requires_confirmation'
}

function read({ account, params }: Call, old: Fields): Fields {
  const customer = text(params, 'customer') ?? old.customer
  if (customer !== null) account.customers.get(customer, 'customer', 400)
  return {
    allowed_payment_method_types: typesOr(
      params,
      'allowed_payment_method_types',
      old.allowed_payment_method_types,
    ),
    customer,
    description: textOr(params, 'description', old.description),
    excluded_payment_method_types: typesOr(
      params,
      'excluded_payment_method_types',
      old.excluded_payment_method_types,
    ),
    flow_directions: typesOr(params, 'flow_directions', old.flow_directions),
    metadata: mergeMetadata(old.metadata, params),
    on_behalf_of: textOr(params, 'on_behalf_of', old.on_behalf_of),
    payment_method_options: paymentMethodOptions(params, old.payment_method_options),
    payment_method_types: paymentMethodTypes(params, old.payment_method_types),
  }
}

function missingPaymentMethod(): Error {
  return invalidRequest(
    "You cannot confirm this SetupIntent because it's missing a payment method. Update the SetupIntent with a payment method and then confirm it again.",
    { code: 'setup_intent_unexpected_state' },
  )
}
