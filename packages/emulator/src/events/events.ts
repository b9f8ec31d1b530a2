import { page as pageOf } from '../api/list.ts'
import { flag, list, text } from '../api/params.ts'
import { type Call, idAt, type Route } from '../api/route.ts'
import { invalidParameter } from '../api/stripe-error.ts'
import { matchesGlob } from './matches-glob.ts'

export const eventRoutes: readonly Route[] = [
  {
    operation: 'GET /v1/events',
    run: page,
    unverified: [
      'delivery_success counts an endpoint that was deleted before it answered',
    ],
  },
  { operation: 'GET /v1/events/{id}', run: retrieve },
]

function page({ account, params }: Call): unknown {
  account.forgetOldEvents()
  const type = text(params, 'type')
  const types = list(params, 'types')
  if (type && types.length > 0) {
    throw invalidParameter('You may only specify one of these parameters: type, types.', {
      param: 'types',
    })
  }
  if (types.length > 20) {
    throw invalidParameter('You may specify up to 20 types.', { param: 'types' })
  }
  const wanted = type ? [type] : types
  const isDelivered = flag(params, 'delivery_success')
  return pageOf(
    account.events,
    '/v1/events',
    params,
    (event) =>
      (wanted.length === 0 || wanted.some((glob) => matchesGlob(event.type, glob))) &&
      (isDelivered === undefined || isDelivered === (event.pendingWebhooks === 0)),
  )
}

function retrieve(call: Call): unknown {
  call.account.forgetOldEvents()
  return call.account.events.get(idAt(call))
}
