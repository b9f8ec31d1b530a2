import { matching, page as pageOf } from '../api/list.ts'
import { integer, mergeMetadata, text } from '../api/params.ts'
import { type Call, idAt, type Route } from '../api/route.ts'
import { invalidParameter, invalidRequest, noSuch } from '../api/stripe-error.ts'
import { change } from '../state/change.ts'
import { contextOf } from '../state/context.ts'
import type { Charge } from './charge-object.ts'
import { addRefund, checkRefundable, tell } from './refund.ts'
import type { Refund } from './refund-object.ts'

const missing = [
  'refund_application_fee and reverse_transfer: there are no application fees and transfers',
  'origin, customer, currency and instructions_email: refunds of a customer balance',
  'a charge that has not been captured',
]
const unverified = ['when the refunds of the asynchronous test cards go on']

export const refundRoutes: readonly Route[] = [
  {
    operation: 'POST /v1/refunds',
    run: (call) => refund(call, chargeOf(call)),
    missing,
    unverified,
  },
  { operation: 'GET /v1/refunds', run: page },
  { operation: 'GET /v1/refunds/{refund}', run: find },
  { operation: 'POST /v1/refunds/{refund}', run: (call) => update(call, find(call)) },
  { operation: 'POST /v1/refunds/{refund}/cancel', run: cancel },
  { operation: 'GET /v1/charges/{charge}/refunds', run: pageOfCharge },
  {
    operation: 'POST /v1/charges/{charge}/refunds',
    run: (call) => refund(call, chargeInPath(call)),
    missing,
    unverified,
  },
  { operation: 'GET /v1/charges/{charge}/refunds/{refund}', run: findOfCharge },
  {
    operation: 'POST /v1/charges/{charge}/refunds/{refund}',
    run: (call) => update(call, findOfCharge(call)),
  },
]

function chargeInPath(call: Call): Charge {
  return call.account.charges.get(idAt(call), 'charge')
}

function chargeOf({ account, params }: Call): Charge {
  const charge = text(params, 'charge')
  if (charge) return account.charges.get(charge, 'charge', 400)
  const id = text(params, 'payment_intent')
  if (!id) {
    throw invalidParameter(
      'One of the following params should be provided for this request: payment_intent or charge.',
      { code: 'parameter_missing' },
    )
  }
  const intent = account.paymentIntents.get(id, 'payment_intent', 400)
  if (intent.status === 'succeeded' && intent.latest_charge !== null)
    return account.charges.get(intent.latest_charge)
  throw invalidRequest(
    `This PaymentIntent (${id}) does not have a successful charge to refund.`,
    { code: 'payment_intent_unexpected_state', payment_intent: { ...intent } },
  )
}

function refund(call: Call, charge: Charge): Refund {
  const { account, params } = call
  const amount = checkRefundable(account, charge, integer(params, 'amount'))
  const metadata = mergeMetadata({}, params)
  const reason = text(params, 'reason') ?? null
  return addRefund(contextOf(call, charge.customer), charge, { amount, reason, metadata })
}

function page({ account, params }: Call): unknown {
  const isWanted = matching(params, ['charge', 'payment_intent'])
  return pageOf(account.refunds, '/v1/refunds', params, isWanted)
}

function pageOfCharge(call: Call): unknown {
  const { id } = chargeInPath(call)
  const url = `/v1/charges/${id}/refunds`
  return pageOf(call.account.refunds, url, call.params, ({ charge }) => charge === id)
}

function find(call: Call): Refund {
  return call.account.refunds.get(idAt(call), 'refund')
}

function findOfCharge(call: Call): Refund {
  const charge = chargeInPath(call)
  const id = idAt(call, 1)
  const found = call.account.refunds.get(id, 'refund')
  if (found.charge === charge.id) return found
  throw noSuch('refund', id, 'refund', 404)
}

function update(call: Call, found: Refund): Refund {
  const metadata = mergeMetadata(found.metadata, call.params)
  tell(contextOf(call, found.customer), found, change<Refund>(found, { metadata }))
  return found
}

/** Source: https://docs.stripe.com/api/refunds/cancel: only what waits for its buyer can be canceled, and no refund to a card does. */
function cancel(call: Call): never {
  const { id, status } = find(call)
  throw invalidRequest(
    `You cannot cancel this refund (${id}) because it has a status of ${status}. Only a refund with the status requires_action may be canceled.`,
  )
}
