import type { MirrorKind } from './mirrored.ts'

/**
 * Which mirrored object a snapshot event carries, or `undefined` when it carries none.
 * Every `customer.subscription.…` and `invoice.…` carries one, those that only announce
 * something (`trial_will_end`, `will_be_due`) included.
 *
 * Source: https://docs.stripe.com/api/events/types
 */
export function mirrorKindOf(eventType: string): MirrorKind | undefined {
  if (/^customer\.(created|updated|deleted)$/.test(eventType)) return 'customer'
  if (eventType.startsWith('customer.subscription.')) return 'subscription'
  // What `invoice.upcoming` shows is no invoice yet, and has no id.
  if (eventType.startsWith('invoice.') && eventType !== 'invoice.upcoming')
    return 'invoice'
  return undefined
}
