import type { StripeEvent } from '../events/event.ts'
import type { ReceivedNotification } from '../events/event-notification.ts'
import type { Delivery, EventKey } from '../store/delivery.ts'

/** What makes an event one event: told in the same way of thin notifications, so that these act once too. */
export function toEventKey(received: StripeEvent | ReceivedNotification): EventKey {
  const { id, livemode } = received
  return { livemode, account: accountOf(received), eventId: id }
}

/** What the store is told of a verified event or notification. */
export function toDelivery(
  key: EventKey,
  received: StripeEvent | ReceivedNotification,
  body: Uint8Array,
  endpoint: string | undefined,
): Delivery {
  const { type, created } = received
  const seconds =
    typeof created === 'number' ? created : Math.floor(Date.parse(created) / 1000)
  return { key, type, objectId: objectIdOf(received), endpoint, created: seconds, body }
}

/** Not every object has an id: a balance has none. */
function objectIdOf(received: StripeEvent | ReceivedNotification): string {
  const object: object | null | undefined =
    received.object === 'event' ? received.data.object : received.related_object
  const id = object && 'id' in object ? object.id : undefined
  return typeof id === 'string' && id.length <= 255 ? id : ''
}

/**
 * The connected account: `account`, which only events have, or else the last account of
 * `context`, which is a path (`org_…/acct_…`).
 */
function accountOf(received: StripeEvent | ReceivedNotification): string {
  if (received.object === 'event' && received.account) return received.account
  const path = received.context?.split('/') ?? []
  return path.findLast((part) => part.startsWith('acct_')) ?? ''
}
