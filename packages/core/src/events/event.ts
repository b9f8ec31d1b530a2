import type Stripe from 'stripe'

/** Every snapshot event that the installed `stripe` package knows, as a union over `type`. */
export type StripeEvent = Stripe.Event

/** The `type` of an event that the installed `stripe` package knows. */
export type EventType = StripeEvent['type']

/**
 * The event with one `type`, its `data.object` typed.
 *
 * Two things the types cannot say: a webhook's body has the shape of the endpoint's API
 * version, not of the SDK's; and fields typed `Stripe.Decimal` (from stripe 21) are
 * plain strings in a webhook, since only API responses are coerced.
 */
export type EventOf<T extends EventType> = Extract<StripeEvent, { type: T }>
