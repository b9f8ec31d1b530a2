import type { BillingSource } from '@countersign/core'
import { fetchWebhook } from '@countersign/core/fetch'

/** A `POST` of a route handler in the App Router. */
export type WebhookRoute = (request: Request) => Promise<Response>

const advice =
  'Give the request to webhook() untouched: export const POST = webhook(getBilling), without request.json() before it and without middleware that reads the body.'

/**
 * The webhook route (`app/webhooks/stripe/route.ts`): `export const POST = webhook(getBilling)`.
 *
 * @param billing A function that makes the billing on the first request, so that
 *   `next build` needs no secret; or the billing itself. What it throws goes to Next's
 *   own error handling.
 */
export function webhook(billing: BillingSource): WebhookRoute {
  return fetchWebhook(billing, { advice })
}
