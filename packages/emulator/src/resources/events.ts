import { list, text } from '../api/params.ts'
import { type Call, idAt, type Route } from '../api/route.ts'

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
      (types.length === 0 || types.some((wanted) => matchesType(event.type, wanted))),
  )
}

function retrieve(call: Call): unknown {
  return call.account.events.get(idAt(call))
}

/** `payment_intent.*` stands for a whole group. */
function matchesType(type: string, wanted: string): boolean {
  return wanted.endsWith('*') ? type.startsWith(wanted.slice(0, -1)) : type === wanted
}
