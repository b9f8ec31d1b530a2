import type { StripeEvent } from '../events/event.ts'
import type { ReceivedNotification } from '../events/event-notification.ts'
import type { Delivery, EventKey } from '../store/store.ts'

/** What makes an event one event: told in the same way of thin notifications, so that these act once too. */
export function toEventKey(received: StripeEvent | ReceivedNotification): EventKey {
  const { id, livemode } = received
  return { livemode, account: accountOf(received), eventId: id }
}

/** What the store is told of a verified event or notification. */
export function toDelivery(
  key: EventKey,
  { type, created }: StripeEvent | ReceivedNotification,
  body: Uint8Array,
  endpoint: string | undefined,
): Delivery {
  const seconds =
    typeof created === 'number' ? created : Math.floor(Date.parse(created) / 1000)
  return { key, type, endpoint, created: seconds, body }
}

/**
 * The connected account: `account`, which only events have, or else the last part of
 * `context`, which is a path of accounts (`org_…/acct_…`).
 */
function accountOf(received: StripeEvent | ReceivedNotification): string {
  if ('account' in received && received.account) return received.account
  const last = received.context?.split('/').at(-1) ?? ''
  return last.startsWith('acct_') ? last : ''
}
