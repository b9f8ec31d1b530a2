// What the items of a subscription have been charged for the time that is left. In the
// flexible billing mode that is what is given back, and in the classic one what the price is
// now. Source: https://docs.stripe.com/billing/subscriptions/billing-mode/compare
import type { Account } from '../state/account.ts'
import { subscriptionState } from './cancel-subscription.ts'
import { type LineDraft, recurringLine, unusedLine } from './invoice-lines.ts'
import { wholePeriodOf } from './subscription-items.ts'
import type { Subscription, SubscriptionItem } from './subscription-object.ts'

/** Remembers what is charged for items, and that what is given back is not given back again. */
export function noteDebits(
  account: Account,
  subscription: Subscription,
  lines: readonly LineDraft[],
): void {
  const { debits } = subscriptionState(account, subscription)
  for (const line of lines) {
    const { amount, proration, subscriptionItem: item } = line
    if (item === null) continue
    if (amount < 0) debits.delete(item)
    else debits.set(item, [...((proration && debits.get(item)) || []), line])
  }
}

/** What is given back for an item that ends at a moment: one line for each time that it was charged. */
export function unusedLines(
  account: Account,
  subscription: Subscription,
  item: SubscriptionItem,
  from: number,
): readonly LineDraft[] {
  const charged =
    subscription.billing_mode.type === 'classic'
      ? [recurringLine(account, item, wholePeriodOf(subscription))]
      : (subscriptionState(account, subscription).debits.get(item.id) ?? [])
  return charged
    .filter(({ period }) => period.end > from)
    .map((line) => unusedLine(account, line, from))
    .filter(({ amount }) => amount !== 0)
}
