import { page as pageOf } from '../api/list.ts'
import { flag, list, mergeMetadata, type Params, text } from '../api/params.ts'
import { type Call, idAt, type Route } from '../api/route.ts'
import { invalidParameter, invalidRequest } from '../api/stripe-error.ts'
import { EVENT_TYPES } from '../events/event-types.ts'
import type { Account } from '../state/account.ts'
import { newSecret } from './endpoint-secrets.ts'
import type { WebhookEndpoint } from './webhook-endpoint-object.ts'

export const webhookEndpointRoutes: readonly Route[] = [
  {
    operation: 'POST /v1/webhook_endpoints',
    run: create,
    missing: ['application', 'a url that the internet cannot reach is not refused'],
    unverified: [
      'versions before 2025-03-31.basil are shown as 2025-02-24.acacia, all others as the newest',
      'an endpoint that is made for a connected account gets its events in the shape of a connect endpoint',
      'the wording of the refusal of a 17th endpoint',
    ],
  },
  { operation: 'GET /v1/webhook_endpoints', run: page },
  { operation: 'GET /v1/webhook_endpoints/{webhook_endpoint}', run: retrieve },
  { operation: 'POST /v1/webhook_endpoints/{webhook_endpoint}', run: update },
  { operation: 'DELETE /v1/webhook_endpoints/{webhook_endpoint}', run: remove },
]

/** Source: https://docs.stripe.com/webhooks#register-webhook */
const MOST_ENDPOINTS = 16
const VERSION = /^\d{4}-\d{2}-\d{2}(?:\.[a-z]+)?$/

type Settings = Partial<
  Pick<WebhookEndpoint, 'description' | 'enabled_events' | 'metadata' | 'status' | 'url'>
>

function create({ account, params }: Call): unknown {
  return addEndpoint(account, params, () => ({
    id: account.newId('we'),
    secret: newSecret(account.world),
  }))
}

/**
 * Registers an endpoint.
 *
 * @param nameIt Called when the parameters are good.
 * @throws StripeError 400
 */
export function addEndpoint(
  account: Account,
  params: Params,
  nameIt: () => { readonly id: string; readonly secret: string },
): WebhookEndpoint & { readonly secret: string } {
  const { world, webhookEndpoints } = account
  const version = text(params, 'api_version') ?? null
  if (version !== null && !VERSION.test(version)) {
    throw invalidParameter(`Invalid Stripe API version: ${version}`, {
      param: 'api_version',
    })
  }
  const settings = settingsOf(params, {})
  if (webhookEndpoints.size >= MOST_ENDPOINTS) {
    throw invalidRequest(
      `You have reached the maximum of ${MOST_ENDPOINTS} test webhook endpoints.`,
    )
  }
  const { id, secret } = nameIt()
  const endpoint = webhookEndpoints.add({
    id,
    object: 'webhook_endpoint',
    api_version: version,
    application: null,
    created: world.timeline.now(),
    description: null,
    enabled_events: [],
    livemode: false,
    metadata: {},
    status: 'enabled',
    url: '',
    ...settings,
  })
  const isConnect = flag(params, 'connect') ?? false
  account.endpointStates.set(endpoint.id, { isConnect, secret, oldSecrets: [] })
  return { ...endpoint, secret }
}

function page({ account, params }: Call): unknown {
  return pageOf(account.webhookEndpoints, '/v1/webhook_endpoints', params)
}

function retrieve(call: Call): WebhookEndpoint {
  return call.account.webhookEndpoints.get(idAt(call))
}

function update(call: Call): WebhookEndpoint {
  const endpoint = retrieve(call)
  return Object.assign(endpoint, settingsOf(call.params, endpoint.metadata))
}

function remove(call: Call): unknown {
  const endpoint = retrieve(call)
  const { id, object } = endpoint
  call.account.webhookEndpoints.delete(id)
  // Deliveries that wait for it look at this.
  endpoint.status = 'disabled'
  return { id, object, deleted: true }
}

/** What the parameters say; nothing is changed when one of them is wrong. */
function settingsOf(params: Params, metadata: WebhookEndpoint['metadata']): Settings {
  const url = text(params, 'url')
  if (url !== undefined && !isWebUrl(url ?? '')) {
    throw invalidParameter(
      'Invalid URL: An explicit scheme (such as https) must be provided.',
      { code: 'url_invalid', param: 'url' },
    )
  }
  const description = text(params, 'description')
  const disabled = flag(params, 'disabled')
  return {
    ...(url && { url }),
    ...(params.enabled_events !== undefined && { enabled_events: eventsOf(params) }),
    ...(description !== undefined && { description }),
    ...(disabled !== undefined && { status: disabled ? 'disabled' : 'enabled' }),
    metadata: mergeMetadata(metadata, params),
  }
}

function eventsOf(params: Params): readonly string[] {
  const types = list(params, 'enabled_events')
  for (const [index, type] of types.entries()) {
    if (type === '*' || EVENT_TYPES.has(type)) continue
    throw invalidParameter(
      `Invalid enabled_events[${index}]: must be one of *, ${[...EVENT_TYPES].join(', ')}`,
      { param: `enabled_events[${index}]` },
    )
  }
  if (types.length > 0) return types
  throw invalidParameter('You must specify at least one event to enable.', {
    code: 'parameter_invalid_empty',
    param: 'enabled_events',
  })
}

function isWebUrl(url: string): boolean {
  return URL.canParse(url) && /^https?:\/\//.test(url)
}
