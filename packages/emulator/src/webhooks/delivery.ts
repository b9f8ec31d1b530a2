import type { StripeEvent } from '../events/stripe-event.ts'
import type { PostResult } from './post-webhook.ts'
import type { EndpointState, WebhookEndpoint } from './webhook-endpoint-object.ts'

/** An endpoint with what only Stripe knows of it. */
export interface Receiver {
  readonly endpoint: WebhookEndpoint
  readonly state: EndpointState
}

/** One event on its way to one endpoint. */
export interface Delivery {
  readonly id: string
  readonly event: StripeEvent
  readonly endpoint: WebhookEndpoint
  readonly receiver: Receiver
  /** The object that the event is about, and those that it belongs to. */
  readonly about: readonly string[]
  readonly attempts: PostResult[]
  state: /** Until it is released. */
    | 'held'
    /** Others to the same endpoint are before it. */
    | 'queued'
    | 'sending'
    /** For its time on the emulator's clock, or for another event to overtake it. */
    | 'waiting'
    | 'delivered'
    | 'given_up'
    /** Lost on purpose. */
    | 'dropped'
}

/** Whether nothing more happens to it. */
export function isFinished({ state }: Delivery): boolean {
  return state === 'delivered' || state === 'given_up' || state === 'dropped'
}

/** The ids under which a delivery is found: those of its object, and of what that belongs to. */
export function idsAbout(object: object): readonly string[] {
  const { id, payment_intent, charge, invoice, subscription, parent } = object as {
    readonly [name: string]: unknown
  }
  const { subscription_details } = (parent ?? {}) as {
    readonly subscription_details?: { readonly subscription?: unknown } | null
  }
  return [
    id,
    payment_intent,
    charge,
    invoice,
    subscription,
    subscription_details?.subscription,
  ].filter((name) => typeof name === 'string')
}
