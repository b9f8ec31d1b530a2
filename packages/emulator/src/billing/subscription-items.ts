import { listOf } from '../api/list.ts'
import type { Price, Recurring } from '../catalogue/catalogue-objects.ts'
import { planOf } from '../catalogue/plan.ts'
import type { Account } from '../state/account.ts'
import { amountOf } from './amounts.ts'
import { periodAt } from './calendar.ts'
import type { Period } from './invoice-item-object.ts'
import type { Subscription, SubscriptionItem } from './subscription-object.ts'

/** What an item sells, before it has a period. */
export interface ItemTerms {
  readonly id: string
  readonly created: number
  readonly metadata: Readonly<Record<string, string>>
  readonly price: Price
  readonly quantity: number
  readonly subscription: string
}

export function subscriptionItem(terms: ItemTerms, period: Period): SubscriptionItem {
  const { id, created, metadata, price, quantity, subscription } = terms
  return {
    id,
    object: 'subscription_item',
    billing_thresholds: null,
    created,
    current_period_end: period.end,
    current_period_start: period.start,
    current_trial: null,
    discounts: [],
    metadata,
    plan: planOf(price),
    price,
    quantity,
    subscription,
    tax_rates: [],
  }
}

export function itemList(
  subscription: string,
  items: readonly SubscriptionItem[],
): Subscription['items'] {
  return listOf(items, `/v1/subscription_items?subscription=${subscription}`)
}

/** The same items in another period. */
export function withPeriod(
  { id, items }: Subscription,
  period: Period,
): Subscription['items'] {
  return itemList(
    id,
    items.data.map((item) => subscriptionItem(item, period)),
  )
}

/** The billing period of a subscription: all of its items have the same. */
export function periodOf({ items, start_date }: Subscription): Period {
  const [item] = items.data
  return {
    start: item?.current_period_start ?? start_date,
    end: item?.current_period_end ?? start_date,
  }
}

/**
 * The whole period that the current one is a part of, if it is one: what a price is for. The
 * first period is shorter when the billing cycle begins later, and so is one that is resumed.
 */
export function wholePeriodOf(subscription: Subscription): Period {
  const { billing_cycle_anchor, items } = subscription
  const { end } = periodOf(subscription)
  return periodAt(billing_cycle_anchor, recurringOf(items.data), end - 1)
}

/** How often a subscription is billed: all of its items have the same interval. */
export function recurringOf(items: readonly { readonly price: Price }[]): Recurring {
  const recurring = items[0]?.price.recurring
  if (!recurring) throw new TypeError('a subscription has no recurring item')
  return recurring
}

/** What a period of all items costs, in the currency's smallest unit. */
export function periodAmount(
  items: readonly { readonly price: Price; readonly quantity: number }[],
): number {
  return items.reduce((sum, { price, quantity }) => sum + amountOf(price, quantity), 0)
}

/** The subscription of an item, and the item. */
export function findItem(
  { subscriptions }: Account,
  id: string,
): { readonly subscription: Subscription; readonly item: SubscriptionItem } | undefined {
  for (const subscription of subscriptions.all()) {
    const item = subscription.items.data.find((candidate) => candidate.id === id)
    if (item !== undefined) return { subscription, item }
  }
  return undefined
}
