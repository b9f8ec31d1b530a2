import {
  type Fields,
  fieldsOf,
  idOf,
  listOf,
  metadataOf,
  textOf,
  wholeOf,
} from './fields.ts'
import type { MirroredItem, MirroredSubscription, PauseCollection } from './mirrored.ts'

export function toSubscription(
  id: string,
  status: string,
  fields: Fields,
): MirroredSubscription {
  const items = listOf(fields.items)
    .map(([itemId, item]) => toItem(itemId, item, fields))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
  const starts = items.flatMap(({ currentPeriodStart }) => currentPeriodStart ?? [])
  const ends = items.flatMap(({ currentPeriodEnd }) => currentPeriodEnd ?? [])
  return {
    kind: 'subscription',
    id,
    customer: idOf(fields.customer),
    status,
    items,
    currentPeriodStart:
      starts.length === 0 ? wholeOf(fields.current_period_start) : Math.max(...starts),
    currentPeriodEnd:
      ends.length === 0 ? wholeOf(fields.current_period_end) : Math.min(...ends),
    cancelAt: wholeOf(fields.cancel_at),
    cancelAtPeriodEnd: fields.cancel_at_period_end === true,
    canceledAt: wholeOf(fields.canceled_at),
    endedAt: wholeOf(fields.ended_at),
    trialEnd: wholeOf(fields.trial_end),
    pauseCollection: toPauseCollection(fields.pause_collection),
    latestInvoice: idOf(fields.latest_invoice),
    defaultPaymentMethod: idOf(fields.default_payment_method),
    collectionMethod: textOf(fields.collection_method),
    metadata: metadataOf(fields.metadata),
    created: wholeOf(fields.created),
  }
}

function toItem(id: string, item: Fields, subscription: Fields): MirroredItem {
  // API versions before 2020 had plans alone.
  const price = fieldsOf(item.price) ?? fieldsOf(item.plan)
  const start = item.current_period_start ?? subscription.current_period_start
  const end = item.current_period_end ?? subscription.current_period_end
  return {
    id,
    price: idOf(price ?? item.price),
    product: idOf(price?.product),
    lookupKey: textOf(price?.lookup_key),
    quantity: wholeOf(item.quantity),
    currentPeriodStart: wholeOf(start),
    currentPeriodEnd: wholeOf(end),
  }
}

function toPauseCollection(value: unknown): PauseCollection | null {
  const fields = fieldsOf(value)
  if (fields === undefined) return null
  return { behavior: textOf(fields.behavior), resumesAt: wholeOf(fields.resumes_at) }
}
