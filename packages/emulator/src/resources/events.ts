import { integer, list, nested, type Params, text } from '../api/params.ts'
import { type Call, idAt, type Route } from '../api/route.ts'
import type { StripeEvent } from '../state/account.ts'

export const eventRoutes: readonly Route[] = [
  { operation: 'GET /v1/events', run: page },
  { operation: 'GET /v1/events/{id}', run: retrieve },
]

function page({ account, params }: Call): unknown {
  const type = text(params, 'type')
  const types = list(params, 'types')
  return account.events.page(
    '/v1/events',
    params,
    (event) =>
      (!type || matchesType(event.type, type)) &&
      (types.length === 0 || types.some((wanted) => matchesType(event.type, wanted))) &&
      isWithin(event, params),
  )
}

function retrieve(call: Call): unknown {
  return call.account.events.get(idAt(call))
}

/** `payment_intent.*` stands for a whole group. */
function matchesType(type: string, wanted: string): boolean {
  return wanted.endsWith('*') ? type.startsWith(wanted.slice(0, -1)) : type === wanted
}

/** `created=…`, or `created[gte]=…` and the like. */
function isWithin({ created }: StripeEvent, params: Params): boolean {
  const range = nested(params, 'created')
  if (range === undefined) return created === (integer(params, 'created') ?? created)
  return (
    created > (integer(range, 'gt') ?? -1) &&
    created >= (integer(range, 'gte') ?? 0) &&
    created < (integer(range, 'lt') ?? Number.POSITIVE_INFINITY) &&
    created <= (integer(range, 'lte') ?? Number.POSITIVE_INFINITY)
  )
}
