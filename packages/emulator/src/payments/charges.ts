import { matching, page as pageOf } from '../api/list.ts'
import { integer, mergeMetadata, nested, text } from '../api/params.ts'
import { type Call, idAt, type Route } from '../api/route.ts'
import { invalidParameter, invalidRequest } from '../api/stripe-error.ts'
import { change } from '../state/change.ts'
import { contextOf, emitChange } from '../state/context.ts'
import { capturePaymentIntent } from './capture-payment-intent.ts'
import type { Charge } from './charge-object.ts'

/** Charges are made by payment intents; `POST /v1/charges` with its sources passes through. */
export const chargeRoutes: readonly Route[] = [
  { operation: 'GET /v1/charges', run: page },
  {
    operation: 'GET /v1/charges/{charge}',
    run: retrieve,
    missing: ['the page behind receipt_url'],
  },
  { operation: 'POST /v1/charges/{charge}', run: update },
  {
    operation: 'POST /v1/charges/{charge}/capture',
    run: capture,
    missing: ['application_fee', 'transfer_data', 'transfer_group', 'receipt_email'],
  },
]

function page({ account, params }: Call): unknown {
  const isWanted = matching(params, ['customer', 'payment_intent', 'transfer_group'])
  return pageOf(account.charges, '/v1/charges', params, isWanted)
}

function retrieve(call: Call): Charge {
  return call.account.charges.get(idAt(call), 'charge')
}

function update(call: Call): Charge {
  const { account, params } = call
  const charge = retrieve(call)
  const customer = text(params, 'customer')
  if (customer) account.customers.get(customer, 'customer', 400)
  if (customer && charge.customer !== null && charge.customer !== customer) {
    throw invalidRequest(
      'You cannot change the customer of a charge that has one already.',
      { param: 'customer' },
    )
  }
  const previous = change<Charge>(charge, {
    metadata: mergeMetadata(charge.metadata, params),
    description: orOld(text(params, 'description'), charge.description),
    receipt_email: orOld(text(params, 'receipt_email'), charge.receipt_email),
    transfer_group: orOld(text(params, 'transfer_group'), charge.transfer_group),
    customer: customer ?? charge.customer,
    shipping: nested(params, 'shipping') ?? charge.shipping,
    fraud_details: fraudDetails(call, charge),
  })
  emitChange(contextOf(call, charge.customer), 'charge.updated', charge, previous)
  return charge
}

function fraudDetails({ params }: Call, charge: Charge): Charge['fraud_details'] {
  const given = nested(params, 'fraud_details')
  const report = given && text(given, 'user_report')
  if (report === undefined) return charge.fraud_details
  if (report === null) return {}
  if (report === 'fraudulent' || report === 'safe') return { user_report: report }
  throw invalidParameter(
    'Invalid fraud_details[user_report]: must be one of fraudulent or safe',
    { param: 'fraud_details[user_report]' },
  )
}

function orOld(given: string | null | undefined, old: string | null): string | null {
  return given === undefined ? old : given
}

function capture(call: Call): Charge {
  const { account, params } = call
  const charge = retrieve(call)
  const intent = account.paymentIntents.get(charge.payment_intent)
  if (charge.captured) {
    throw invalidRequest(`Charge ${charge.id} has already been captured.`, {
      code: 'charge_already_captured',
    })
  }
  capturePaymentIntent(contextOf(call, intent.customer), intent, {
    amount: integer(params, 'amount'),
    param: 'amount',
    fields: {},
  })
  return charge
}
