import type { BillingSource } from '@countersign/core'
import { fetchWebhook } from '@countersign/core/fetch'

/** The `action` of a resource route; it fits Remix's `ActionFunction`. */
export type WebhookAction = (args: { readonly request: Request }) => Promise<Response>

const advice =
  "Give the request to webhook() untouched: export const action = webhook(billing), without request.json() before it. Behind Express, mount Remix above express.json() and any other body parser: app.all('/webhooks/stripe', createRequestHandler({ build })) before app.use(express.json())."

/**
 * The webhook route, as the `action` of a resource route (`app/routes/webhooks.stripe.ts`):
 * `export const action = webhook(billing)`.
 *
 * @param billing A billing, or a function that makes it on the first request. What it
 *   throws goes to Remix's `handleError`.
 */
export function webhook(billing: BillingSource): WebhookAction {
  const answer = fetchWebhook(billing, { advice })
  return function stripeWebhook({ request }) {
    return answer(request)
  }
}
