import { type BillingSource, openReceiver } from '../billing/billing.ts'
import type { Reply } from '../webhooks/reply.ts'
import { readWebBody } from './read-web-body.ts'

export interface FetchWebhookOptions {
  /** What the log says to change when something has read the body first. Adapters name their framework's own way. */
  readonly advice?: string
}

const UNTOUCHED =
  'Hand over the request untouched: no request.text(), request.json() or body parser before it.'

/**
 * The webhook route for anything that speaks the Fetch API (`Request` in, `Response` out).
 *
 * @param billing A billing, or a function that makes it on the first request.
 * @returns A handler that rejects only when the billing cannot be made.
 */
export function fetchWebhook(
  billing: BillingSource,
  { advice = UNTOUCHED }: FetchWebhookOptions = {},
): (request: Request) => Promise<Response> {
  const receive = openReceiver(billing)
  return async function stripeWebhook(request) {
    const reply = await receive({
      method: request.method,
      header: (name) => request.headers.get(name) ?? undefined,
      readBody: (limits) => readWebBody(request, limits, advice),
    })
    return toResponse(reply)
  }
}

function toResponse({ status, headers, body, close }: Reply): Response {
  return new Response(body, {
    status,
    headers: close ? { ...headers, connection: 'close' } : headers,
  })
}
