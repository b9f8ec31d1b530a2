import { pageOfArray } from '../api/list.ts'
import { flag, type Params, text } from '../api/params.ts'
import { type Call, idAt, type Route } from '../api/route.ts'
import { invalidRequest, noSuch } from '../api/stripe-error.ts'
import { contextOf } from '../state/context.ts'
import { findItem } from './subscription-items.ts'
import type { Subscription, SubscriptionItem } from './subscription-object.ts'
import { updateSubscription } from './update-subscription.ts'

const MISSING = [
  'discounts, tax_rates, billing_thresholds (refused)',
  'subscriptions are looked through one by one: slow with very many',
]

/** Each of them is an update of the subscription, of one item. */
export const subscriptionItemRoutes: readonly Route[] = [
  { operation: 'POST /v1/subscription_items', run: create, missing: MISSING },
  { operation: 'GET /v1/subscription_items', run: page },
  { operation: 'GET /v1/subscription_items/{item}', run: (call) => find(call).item },
  { operation: 'POST /v1/subscription_items/{item}', run: update, missing: MISSING },
  { operation: 'DELETE /v1/subscription_items/{item}', run: remove, missing: MISSING },
]

function find(call: Call, id = idAt(call)) {
  const found = findItem(call.account, id)
  if (found === undefined) throw noSuch('subscription_item', id, 'id', 404)
  return found
}

function page({ account, params }: Call): unknown {
  const id = text(params, 'subscription') ?? ''
  const subscription = account.subscriptions.get(id, 'subscription', 400)
  const url = '/v1/subscription_items'
  return pageOfArray(subscription.items.data, url, params)
}

function create(call: Call): SubscriptionItem {
  const { account, params } = call
  const id = text(params, 'subscription') ?? ''
  const subscription = account.subscriptions.get(id, 'subscription', 400)
  const before = new Set(subscription.items.data.map((item) => item.id))
  updateItem(call, subscription, params)
  const added = subscription.items.data.find((item) => !before.has(item.id))
  if (added !== undefined) return added
  throw invalidRequest(
    'The item is part of a pending update: it is added when the invoice has been paid.',
  )
}

function update(call: Call): SubscriptionItem {
  const { subscription, item } = find(call)
  updateItem(call, subscription, { ...call.params, id: item.id })
  return find(call).item
}

function remove(call: Call): unknown {
  const { subscription, item } = find(call)
  if (flag(call.params, 'clear_usage'))
    throw invalidRequest('clear_usage is only for metered prices.', {
      param: 'clear_usage',
    })
  updateItem(call, subscription, { ...call.params, id: item.id, deleted: 'true' })
  return { id: item.id, object: 'subscription_item', deleted: true }
}

/** What concerns the payment stands outside of the item. */
const OF_THE_SUBSCRIPTION = [
  'off_session',
  'payment_behavior',
  'proration_behavior',
  'proration_date',
]

function updateItem(call: Call, subscription: Subscription, params: Params): void {
  const outer: Record<string, Params[string]> = {}
  const inner: Record<string, Params[string]> = {}
  for (const [name, value] of Object.entries(params)) {
    if (name === 'subscription' || name === 'expand') continue
    if (OF_THE_SUBSCRIPTION.includes(name)) outer[name] = value
    else inner[name] = value
  }
  updateSubscription(contextOf(call, subscription.customer), subscription, {
    ...outer,
    items: { 0: inner } as Params,
  })
}
