import type { IncomingMessage, ServerResponse } from 'node:http'
import { BillingError, type BillingSource, openReceiver } from '@countersign/core'
import { sendReply, toInbound } from '@countersign/node'

/** The part of a Koa 2 or 3 context that is used here; parsers leave `body` and `rawBody` on its request. */
export interface KoaContext {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly path: string
  status: number
  body: unknown
  readonly request: {
    readonly req: IncomingMessage
    readonly body?: unknown
    readonly rawBody?: unknown
  }
  respond?: boolean
  set(headers: Record<string, string>): void
}

/** A middleware that fits Koa 2 and 3. */
export type KoaMiddleware = (
  context: KoaContext,
  next: () => Promise<unknown>,
) => Promise<void>

export interface WebhookOptions {
  /** Answer this path and pass every other on. Without it, mount the middleware with a router. */
  readonly path?: string
}

const advice =
  "Mount webhook() above koa-bodyparser and any other body parser: app.use(webhook(billing, { path: '/webhooks/stripe' })) before app.use(bodyParser())."

/**
 * The webhook route: `app.use(webhook(billing, { path: '/webhooks/stripe' }))`.
 *
 * @param billing A billing, or a function that makes it on the first request. What it
 *   throws goes to Koa's error handling (`app.on('error')`).
 */
export function webhook(
  billing: BillingSource,
  { path }: WebhookOptions = {},
): KoaMiddleware {
  if (path !== undefined && !path.startsWith('/')) {
    throw new BillingError(
      'configuration_invalid',
      `webhook(billing, { path: '${path}' }) would never be reached: a path begins with a slash.`,
    )
  }
  const receive = openReceiver(billing)

  return async function stripeWebhook(context, next) {
    if (path !== undefined && pathOf(context) !== path) {
      await next()
      return
    }
    const inbound = toInbound(context.req, () => ({
      candidates: [context.request.rawBody, context.request.body],
      advice,
    }))
    const reply = await receive(inbound)
    if (reply.close) {
      // The connection has to be closed with care, which Koa leaves to the caller.
      context.respond = false
      sendReply(context.req, context.res, reply)
    } else {
      context.status = reply.status
      context.set(reply.headers)
      context.body = reply.body
    }
  }
}

/** Koa throws for a request target that is no URL, and anybody can send one. */
function pathOf(context: KoaContext): string | undefined {
  try {
    return context.path
  } catch {
    return undefined
  }
}
