import { flag, list, mergeMetadata, type Params, text } from '../api/params.ts'
import { type Call, idAt, type Route } from '../api/route.ts'
import { invalidParameter } from '../api/stripe-error.ts'
import type { WebhookEndpoint } from '../state/account.ts'
import { newId, randomCharacters } from '../state/ids.ts'

export const webhookEndpointRoutes: readonly Route[] = [
  { operation: 'POST /v1/webhook_endpoints', run: create },
  { operation: 'GET /v1/webhook_endpoints', run: page },
  { operation: 'GET /v1/webhook_endpoints/{webhook_endpoint}', run: retrieve },
  { operation: 'POST /v1/webhook_endpoints/{webhook_endpoint}', run: update },
  { operation: 'DELETE /v1/webhook_endpoints/{webhook_endpoint}', run: remove },
]

function create({ account, params }: Call): WebhookEndpoint {
  const endpoint: WebhookEndpoint = {
    id: newId('we'),
    object: 'webhook_endpoint',
    api_version: null,
    application: null,
    created: account.now(),
    description: null,
    enabled_events: [],
    livemode: false,
    metadata: {},
    secret: `whsec_${randomCharacters(32)}`,
    status: 'enabled',
    url: '',
  }
  return account.webhookEndpoints.add(assign(endpoint, params))
}

function page({ account, params }: Call): unknown {
  const found = account.webhookEndpoints.page('/v1/webhook_endpoints', params)
  return {
    ...found,
    data: found.data.map((endpoint) => withoutSecret(endpoint as WebhookEndpoint)),
  }
}

function retrieve(call: Call): unknown {
  return withoutSecret(call.account.webhookEndpoints.get(idAt(call)))
}

function update(call: Call): unknown {
  return withoutSecret(assign(call.account.webhookEndpoints.get(idAt(call)), call.params))
}

function remove(call: Call): unknown {
  const endpoint = call.account.webhookEndpoints.get(idAt(call))
  const { id, object } = endpoint
  call.account.webhookEndpoints.remove(id)
  // Deliveries that wait for it look at this.
  endpoint.status = 'disabled'
  return { id, object, deleted: true }
}

function withoutSecret({ secret: _, ...endpoint }: WebhookEndpoint): unknown {
  return endpoint
}

function assign(endpoint: WebhookEndpoint, params: Params): WebhookEndpoint {
  const url = text(params, 'url') ?? endpoint.url
  if (!isWebUrl(url)) {
    throw invalidParameter(
      'Invalid URL: An explicit scheme (such as https) must be provided.',
      { code: 'url_invalid', param: 'url' },
    )
  }
  endpoint.url = url
  if (params.enabled_events !== undefined) {
    endpoint.enabled_events = list(params, 'enabled_events')
  }
  const description = text(params, 'description')
  if (description !== undefined) endpoint.description = description
  const disabled = flag(params, 'disabled')
  if (disabled !== undefined) endpoint.status = disabled ? 'disabled' : 'enabled'
  endpoint.metadata = mergeMetadata(endpoint.metadata, params)
  return endpoint
}

function isWebUrl(url: string): boolean {
  return URL.canParse(url) && /^https?:\/\//.test(url)
}
