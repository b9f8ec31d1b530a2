import type { BillingSource } from '@countersign/core'
import { fetchWebhook } from '@countersign/core/fetch'

/** The `action` of a resource route; it fits Remix's `ActionFunction`. */
export type WebhookAction = (args: { readonly request: Request }) => Promise<Response>

/**
 * The webhook route, as the `action` of a resource route (`app/routes/webhooks.stripe.ts`):
 * `export const action = webhook(billing)`.
 *
 * @param billing A billing, or a function that makes it on the first request. What it
 *   throws goes to Remix's `handleError`.
 */
export function webhook(billing: BillingSource): WebhookAction {
  const answer = fetchWebhook(billing)
  return function stripeWebhook({ request }) {
    return answer(request)
  }
}
