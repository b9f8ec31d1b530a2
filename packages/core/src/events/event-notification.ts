import type Stripe from 'stripe'
import { BillingError } from '../errors/billing-error.ts'

/** What a notification says about itself, of whichever type. */
interface NotificationFacts {
  /** `evt_…` */
  readonly id: string
  readonly object: 'v2.core.event'
  readonly type: string
  readonly livemode: boolean
  /** ISO 8601, in UTC. */
  readonly created: string
  /** The account, or the path of accounts, that it is about: give it to Stripe as `stripeContext`. */
  readonly context?: string | null
  readonly related_object?: RelatedObject | null
}

/** Where the object stands that a notification is about. */
export interface RelatedObject {
  readonly id: string
  readonly type: string
  /** The path to retrieve it from. */
  readonly url: string
}

/** A thin event notification (API v2) as it arrived, before it could fetch anything. */
export type ReceivedNotification = NotificationFacts

/** A notification of any type, also of one that the installed `stripe` package does not know. */
export interface AnyNotification extends NotificationFacts {
  /** Retrieves what it is about as it is now; `null` when it is about no object. */
  readonly fetchRelatedObject: () => Promise<unknown>
  /** Retrieves the whole event. */
  readonly fetchEvent: () => Promise<unknown>
}

/** The union of the installed package, which has one from its major 19 on. */
type KnownNotification = Stripe extends {
  parseEventNotification: (...input: never[]) => infer Notification
}
  ? Notification
  : never

/** The `type` of a thin notification: literals where the installed `stripe` package knows them. */
export type NotificationType = [KnownNotification] extends [never]
  ? `v1.${string}` | `v2.${string}`
  : Extract<KnownNotification, { type: string }>['type']

/**
 * A thin event notification (API v2): it names an object instead of holding one.
 * `fetchRelatedObject()` retrieves the object as it is now, and `fetchEvent()` the whole
 * event; both need `stripe: new Stripe(…)` in the options of `createBilling`.
 *
 * `context` is the text that Stripe sent, which every method of `stripe` takes as
 * `stripeContext`.
 *
 * Source: https://docs.stripe.com/event-destinations#thin-events
 */
export type EventNotification<T extends NotificationType> = [
  Extract<KnownNotification, { type: T }>,
] extends [never]
  ? AnyNotification
  : Omit<Extract<KnownNotification, { type: T }>, 'context'> & {
      readonly context?: string | null
    }

/** The part of a `stripe` instance that fetches, the same in every supported major. */
export interface RawRequester {
  readonly rawRequest: (
    method: string,
    path: string,
    params: undefined,
    options: { readonly additionalHeaders: Readonly<Record<string, string>> },
  ) => Promise<unknown>
}

/** Gives a notification the methods that fetch what it is about. */
export function toNotification(
  received: ReceivedNotification,
  client: RawRequester | undefined,
): AnyNotification {
  const fetch = async (path: string): Promise<unknown> => {
    if (client === undefined) throw clientMissing()
    // It is fetched with the secret key, so it must not lead anywhere else.
    if (!/^\/v\d+\//.test(path)) throw pathForeign(received)
    // As headers, since not every major adds headers of its own to those given.
    const headers = {
      'Stripe-Request-Trigger': `event=${received.id}`,
      ...(received.context ? { 'Stripe-Context': received.context } : {}),
    }
    return client.rawRequest('GET', path, undefined, { additionalHeaders: headers })
  }
  const related = received.related_object
  return {
    ...received,
    fetchRelatedObject: async () => (related ? fetch(related.url) : null),
    fetchEvent: () => fetch(`/v2/core/events/${encodeURIComponent(received.id)}`),
  }
}

function clientMissing(): BillingError {
  return new BillingError(
    'notification_unfetchable',
    'A notification can fetch nothing, since createBilling was given no instance of stripe. Write stripe: new Stripe(key).',
  )
}

function pathForeign({ id }: ReceivedNotification): BillingError {
  return new BillingError(
    'notification_unfetchable',
    `What ${id} is about cannot be fetched: its related_object.url is no path of Stripe's API.`,
  )
}
