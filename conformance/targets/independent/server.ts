// The second reference: a target on Node's own HTTP server that shares no code with
// Countersign's core, adapters or harness. It is also what HTTP protocol 1 looks like
// when it is written by hand, as it would be in another language.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { newestOf, type StripeEvent } from './newest-of.ts'

const env = (name: string): string => {
  const value = process.env[name]
  if (value) return value
  throw new Error(`${name} is not set: this program is a target of the conformance suite`)
}
const TOKEN = env('CONFORMANCE_TOKEN')
const SECRETS = env('STRIPE_WEBHOOK_SECRETS').split(',')
const LIMIT_BYTES = 1_000_000
const HEADER_LIMIT = 4_096
const LIMITS_OF_TIME = {
  requestTimeout: Number(process.env.CONFORMANCE_BODY_TIMEOUT_MS ?? 10_000),
  connectionsCheckingInterval: 100,
}
const TOLERANCE_SECONDS = 300

const recordings = new Map<string, { attempts: unknown[]; effects: unknown[] }>()
const owners = new Map<string, { access: boolean; status: string | null }>()
const subscriptions = new Map<string, StripeEvent[]>()
const handled = new Set<string>()
const atWork = new Set<string>()
const businessKeys = new Set<string>()

createServer(LIMITS_OF_TIME, (request, response) => {
  route(request, response).catch((error: unknown) => {
    process.stdout.write(`error: ${error instanceof Error ? error.stack : error}\n`)
    if (!response.headersSent) answer(response, 500, { error: 'internal_error' })
  })
}).listen(Number(env('PORT')), '127.0.0.1')

async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://target')
  if (pathname.endsWith('/webhooks/stripe')) {
    const [status, body] = await receive(request)
    return answer(response, status, body)
  }
  if (pathname.startsWith('/__conformance__/')) {
    const [status, body] = protocol(request, pathname.slice(17), searchParams)
    return answer(response, status, body)
  }
  const owner = String(request.headers['x-conformance-owner'] ?? '')
  const [status, body] = await application(
    `${request.method} ${pathname}`,
    owner,
    request,
  )
  answer(response, status, body)
}

type Answer = readonly [status: number, body: unknown]

async function application(
  route: string,
  owner: string,
  request: IncomingMessage,
): Promise<Answer> {
  switch (route) {
    case 'POST /sibling':
      return [200, JSON.parse(String(await readBody(request)))]
    case 'POST /pay':
      return pay(owner, JSON.parse(String(await readBody(request))))
    case 'GET /access':
      return [200, { granted: stateOf(owner).access }]
    default:
      return [404, {}]
  }
}

function protocol(
  { headers, method }: IncomingMessage,
  endpoint: string,
  query: URLSearchParams,
): Answer {
  if (headers.authorization !== `Bearer ${TOKEN}`) return [401, {}]
  switch (`${method} ${endpoint}`) {
    case 'GET manifest':
      return [200, manifest]
    case 'GET effects':
      return [200, recordingOf(query.get('key') ?? '')]
    case 'GET state':
      return [200, stateOf(query.get('owner') ?? '')]
    default:
      return [501, {}]
  }
}

const noAccess = { access: false, status: null }
const manifest = {
  protocol: 1,
  implementation: {
    name: 'independent-reference',
    version: '1.0.0',
    language: 'typescript',
    framework: 'node',
    frameworkVersion: process.versions.node,
    url: 'https://nodejs.org/api/http.html',
  },
  features: [],
  variants: ['default'],
  routes: {
    webhook: '/webhooks/stripe',
    mounted: '/billing/webhooks/stripe',
    sibling: '/sibling',
    pay: '/pay',
    access: '/access',
  },
}

async function receive(request: IncomingMessage): Promise<Answer> {
  if (request.method !== 'POST') return [405, { error: 'method' }]
  if (request.headers['content-encoding'] !== undefined)
    return [415, { error: 'encoding' }]
  const body = await readBody(request)
  if (body === undefined) return [413, { error: 'too large' }]
  if (!isSigned(body, String(request.headers['stripe-signature'] ?? ''))) {
    return [400, { error: 'signature' }]
  }
  const event = toEvent(body)
  return event === undefined ? [400, { error: 'event' }] : act(event)
}

/** Reads to the end in any case, so that the sender gets to read the answer; keeps no more than the limit. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length <= LIMIT_BYTES) chunks.push(chunk)
  }
  return length <= LIMIT_BYTES ? Buffer.concat(chunks) : undefined
}

function isSigned(body: Buffer, header: string): boolean {
  const form = /^(?:\w+=[\w.-]*,)*t=([1-9]\d{0,12})((?:,\w+=[\w.-]*)*)$/.exec(header)
  const timestamp = form?.[1] ?? ''
  const items = header.split(',')
  const v1s = items.filter((item) => /^v1(?:=|$)/.test(item)).map((item) => item.slice(3))
  const isWellFormed =
    form !== null &&
    header.length <= HEADER_LIMIT &&
    items.filter((item) => item.startsWith('t=')).length === 1 &&
    v1s.length > 0 &&
    v1s.length <= 16 &&
    v1s.every((digits) => /^[0-9a-f]{64}$/.test(digits))
  if (!isWellFormed) return false
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > TOLERANCE_SECONDS) return false
  return SECRETS.some((secret) => {
    const expected = createHmac('sha256', secret)
      .update(`${timestamp}.`)
      .update(body)
      .digest()
    return v1s.some((digits) => timingSafeEqual(Buffer.from(digits, 'hex'), expected))
  })
}

function toEvent(body: Buffer): StripeEvent | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
    const event = JSON.parse(text) as StripeEvent
    // Also no event for this target: a thin notification, which has no data.
    const isEvent = typeof event.id === 'string' && typeof event.type === 'string'
    return isEvent && typeof event.data.object === 'object' ? event : undefined
  } catch {
    return undefined
  }
}

async function act(event: StripeEvent): Promise<Answer> {
  const id = `${event.account ?? ''} ${event.id}`
  // This target is in test mode.
  if (event.livemode) return [200, { ignored: true }]
  if (handled.has(id)) return [200, { duplicate: true }]
  if (atWork.has(id)) return [409, { error: 'in flight' }]
  atWork.add(id)
  try {
    if (
      /^(?:charge|customer|invoice|payment_intent)\.|^refund\.(?:failed|updated)$/.test(
        event.type,
      )
    )
      await handle(event)
    handled.add(id)
    return [200, {}]
  } catch {
    return [500, { error: 'handler' }]
  } finally {
    atWork.delete(id)
  }
}

async function handle(event: StripeEvent): Promise<void> {
  const { object } = event.data
  const recording = recordingOf(object.metadata?.conformance_key ?? event.id)
  const entry = {
    eventId: event.id,
    type: event.type,
    account: event.account ?? null,
    payload: event,
  }
  recording.attempts.push(entry)
  const instruction = object.metadata?.conformance ?? 'ok'
  const [verb, milliseconds] = instruction.split(':')
  if (verb === 'sleep')
    await new Promise((resolve) => setTimeout(resolve, Number(milliseconds)))
  const isFirst = recording.attempts.length === 1
  if (verb === 'throw' || (verb === 'throw-once' && isFirst))
    throw new Error('told to throw')
  const owner = object.metadata?.user_id
  if (owner !== undefined && event.type.startsWith('customer.subscription.'))
    subscriptions.set(owner, [...(subscriptions.get(owner) ?? []), event])
  const businessKey = `${event.type} ${object.id}`
  if (businessKeys.has(businessKey)) return
  businessKeys.add(businessKey)
  recording.effects.push(entry)
  if (owner === undefined || !event.type.startsWith('payment_intent.')) return
  const before = owners.get(owner)?.access ?? false
  const access = before || event.type === 'payment_intent.succeeded'
  owners.set(owner, { access, status: object.status ?? null })
}

function stateOf(owner: string): { access: boolean; status: string | null } {
  const paid = owners.get(owner) ?? noAccess
  const events = subscriptions.get(owner)
  if (events === undefined) return paid
  const { status = null } = newestOf(events)
  return { access: paid.access || status === 'active' || status === 'trialing', status }
}

function recordingOf(key: string): { attempts: unknown[]; effects: unknown[] } {
  const recording = recordings.get(key) ?? { attempts: [], effects: [] }
  recordings.set(key, recording)
  return recording
}

interface Purchase {
  amount: number
  currency: string
  paymentMethod: string
  order: string
}

async function pay(owner: string, purchase: Purchase): Promise<Answer> {
  const call = await fetch(`${env('STRIPE_API_BASE')}/v1/payment_intents`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${env('STRIPE_SECRET_KEY')}`,
      'idempotency-key': `pay ${purchase.order}`,
      'stripe-version': '2026-10-28.endive',
    },
    body: new URLSearchParams({
      amount: String(purchase.amount),
      currency: purchase.currency,
      payment_method: purchase.paymentMethod,
      confirm: 'true',
      'automatic_payment_methods[enabled]': 'true',
      'automatic_payment_methods[allow_redirects]': 'never',
      'metadata[user_id]': owner,
      'metadata[order]': purchase.order,
    }),
  })
  const result = (await call.json()) as Intent & { error?: StripeError }
  const { error } = result
  if (error === undefined) {
    return [200, { status: result.status, clientSecret: result.client_secret }]
  }
  if (error.payment_intent === undefined)
    throw new Error(`Stripe refused: ${error.message}`)
  const { code, decline_code: declineCode, message, payment_intent: intent } = error
  return [
    402,
    {
      error: { code, declineCode, message },
      status: intent.status,
      clientSecret: intent.client_secret,
    },
  ]
}

interface Intent {
  status: string
  client_secret: string
}

interface StripeError {
  code: string
  decline_code?: string
  message: string
  payment_intent?: Intent
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body)
  response.writeHead(status, { 'content-type': 'application/json' }).end(text)
}
