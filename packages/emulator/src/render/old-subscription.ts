import { at, type Fields, hashesOf, withMissing } from './fields.ts'
import { discountOf } from './old-invoice.ts'

/**
 * A subscription had one period, and its items none.
 *
 * Source: https://docs.stripe.com/changelog/basil/2025-03-31/deprecate-subscription-current-period-start-and-end
 */
export function oldSubscription(subscription: Fields): Fields {
  const [first] = hashesOf(at(subscription.items, 'data'))
  return withMissing(subscription, {
    current_period_end: first?.current_period_end ?? null,
    current_period_start: first?.current_period_start ?? null,
    discount: discountOf(subscription),
  })
}
