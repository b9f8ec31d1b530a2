import type { IncomingMessage, ServerResponse } from 'node:http'
import { type BillingSource, openReceiver } from '@countersign/core'
import { sendReply, toInbound } from '@countersign/node'

/** A request as Express 4 and 5 hand it on; parsers leave `body` and `rawBody`. */
export type ExpressRequest = IncomingMessage & {
  readonly body?: unknown
  readonly rawBody?: unknown
}

/** A handler that fits Express 4 and 5. */
export type ExpressHandler = (
  request: ExpressRequest,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void

const advice =
  "Mount webhook() above express.json() and any other body parser: app.post('/webhooks/stripe', webhook(billing)) before app.use(express.json()). If the parser must come first, let it keep the bytes: app.use(express.json({ verify: (request, response, bytes) => { request.rawBody = bytes } }))."

/**
 * The webhook route: `app.post('/webhooks/stripe', webhook(billing))`.
 *
 * @param billing A billing, or a function that makes it on the first request. What it
 *   throws goes to Express's error handler.
 */
export function webhook(billing: BillingSource): ExpressHandler {
  const receive = openReceiver(billing)

  async function answer(
    request: ExpressRequest,
    response: ServerResponse,
  ): Promise<void> {
    const inbound = toInbound(request, () => ({
      candidates: [request.rawBody, request.body],
      advice,
    }))
    const reply = await receive(inbound)
    sendReply(request, response, reply)
  }

  return function stripeWebhook(request, response, next) {
    answer(request, response).catch(next)
  }
}
