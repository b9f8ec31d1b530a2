import { text } from '../api/params.ts'
import { type Call, idAt, type Route } from '../api/route.ts'

/** Charges are made by payment intents; here they can be read. */
export const chargeRoutes: readonly Route[] = [
  { operation: 'GET /v1/charges', run: page },
  { operation: 'GET /v1/charges/{charge}', run: retrieve },
]

function page({ account, params }: Call): unknown {
  const intent = text(params, 'payment_intent')
  const customer = text(params, 'customer')
  return account.charges.page(
    '/v1/charges',
    params,
    (charge) =>
      (!intent || charge.payment_intent === intent) &&
      (!customer || charge.customer === customer),
  )
}

function retrieve(call: Call): unknown {
  return call.account.charges.get(idAt(call))
}
