// A target of the conformance suite, for its checks on signatures, in nothing but the
// Fetch API: the same file runs in Bun, in Deno and in workerd.
import { createBilling, memoryStore } from '@countersign/core'
import { fetchWebhook } from '@countersign/core/fetch'
import { judgeVectors } from './judge-vectors.js'

/** Makes the handler of all routes: those of HTTP protocol 1, and `POST /vectors`. */
export function createReceiver({ token, webhookSecrets }) {
  const recordings = new Map()
  const webhook = fetchWebhook(
    createBilling({
      mode: 'test',
      webhookSecrets,
      store: memoryStore(),
      on: { 'invoice.paid': record },
    }),
  )

  function recordingOf(key) {
    const recording = recordings.get(key) ?? { attempts: [], effects: [] }
    recordings.set(key, recording)
    return recording
  }

  async function record(event, context) {
    const { id, metadata } = event.data.object
    const recording = recordingOf(metadata?.conformance_key ?? event.id)
    const { account = null } = context
    const entry = { eventId: event.id, type: event.type, account, payload: event }
    recording.attempts.push(entry)
    await context.transaction(() => {
      if (context.effect(`${id} was paid`)) recording.effects.push(entry)
    })
  }

  function protocol(endpoint, headers, query) {
    if (headers.get('authorization') !== `Bearer ${token}`) return answer(401)
    switch (endpoint) {
      case 'manifest':
        return answer(200, manifest)
      case 'effects':
        return answer(200, recordingOf(query.get('key')))
      case 'state':
        return answer(200, { access: false, status: null })
      default:
        return answer(501)
    }
  }

  return async function receive(request) {
    const { pathname, searchParams } = new URL(request.url)
    if (pathname.endsWith('/webhooks/stripe')) return webhook(request)
    if (pathname === '/vectors') return answer(200, await judgeVectors(request))
    const [, endpoint] = /^\/__conformance__\/(.*)$/.exec(pathname) ?? []
    if (endpoint === undefined) return answer(404)
    return protocol(endpoint, request.headers, searchParams)
  }
}

const answer = (status, body = {}) => Response.json(body, { status })

// "Bun/1.4.5", "Deno/2.9.6" or "Cloudflare-Workers": the report names what has really run.
const [framework, frameworkVersion = 'unknown'] = navigator.userAgent
  .toLowerCase()
  .split('/')

const manifest = {
  protocol: 1,
  implementation: {
    name: 'countersign-fetch',
    version: '0.0.0',
    language: 'javascript',
    framework,
    frameworkVersion,
    url: 'https://fetch.spec.whatwg.org/',
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
