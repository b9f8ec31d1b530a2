// How the items of a subscription change, and what that costs. Nothing here changes
// anything. Source: https://docs.stripe.com/billing/subscriptions/prorations and
// https://docs.stripe.com/billing/subscriptions/billing-cycle
import { hashes } from '../api/not-modelled.ts'
import { flag, mergeMetadata, type Params, text } from '../api/params.ts'
import { invalidRequest, noSuch } from '../api/stripe-error.ts'
import type { Account } from '../state/account.ts'
import type { Context } from '../state/context.ts'
import { unusedLines } from './debits.ts'
import type { Period } from './invoice-item-object.ts'
import { type LineDraft, remainingLine } from './invoice-lines.ts'
import {
  checkDistinct,
  checkTogether,
  type PriceSource,
  priceOf,
  readItem,
  readQuantity,
  readRecurringPrice,
  refuseItem,
  termsOf,
} from './item-params.ts'
import type { ItemTerms } from './subscription-items.ts'
import type { Subscription, SubscriptionItem } from './subscription-object.ts'

/** One item as it is to be. */
export interface ItemChange {
  readonly was: SubscriptionItem | undefined
  /** Without one, the item ends. */
  readonly becomes:
    | {
        readonly source: PriceSource
        readonly quantity: number
        readonly metadata: Readonly<Record<string, string>>
      }
    | undefined
}

/** Reads `items` of an update: each changes one by its id, ends it, or adds one. All others stay. */
export function readItemChanges(
  account: Account,
  subscription: Subscription,
  params: Params,
): readonly ItemChange[] {
  const changed = new Map<string, ItemChange>()
  const added: ItemChange[] = []
  for (const { hash, path } of hashes(params, 'items')) {
    const id = text(hash, 'id')
    if (!id) {
      added.push({ was: undefined, becomes: readItem(account, hash, path) })
      continue
    }
    const was = subscription.items.data.find((item) => item.id === id)
    if (was === undefined) throw noSuch('subscription_item', id, `${path}[id]`, 400)
    refuseItem(hash, path)
    changed.set(id, { was, becomes: readBecomes(account, was, hash, path) })
  }
  const all = [
    ...subscription.items.data.map(
      (was) => changed.get(was.id) ?? { was, becomes: asItIs(was) },
    ),
    ...added,
  ]
  const left = all.flatMap(({ becomes }) => becomes ?? [])
  if (left.length === 0) {
    throw invalidRequest('A subscription must have at least one active plan.', {
      param: 'items',
    })
  }
  checkTogether(left.map(({ source }) => termsOf(source)))
  checkDistinct(left)
  if (left.some(({ source }) => termsOf(source).currency !== subscription.currency)) {
    throw invalidRequest('The currency of a subscription cannot be changed.', {
      param: 'items',
    })
  }
  return all
}

function asItIs({ price, quantity, metadata }: SubscriptionItem) {
  return { source: { price }, quantity, metadata }
}

function readBecomes(
  account: Account,
  was: SubscriptionItem,
  hash: Params,
  path: string,
): ItemChange['becomes'] {
  if (flag(hash, 'deleted')) return undefined
  const isOther = ['price', 'plan', 'price_data'].some((name) => hash[name] !== undefined)
  return {
    source: isOther ? readRecurringPrice(account, hash, path) : { price: was.price },
    quantity: readQuantity(hash, path) ?? was.quantity,
    metadata: mergeMetadata(was.metadata, hash, path),
  }
}

/** The items as they will be, their new prices made. */
export function resolveItems(
  context: Context,
  subscription: string,
  changes: readonly ItemChange[],
): readonly ItemTerms[] {
  const { account, timeline } = context
  return changes.flatMap(({ was, becomes }) =>
    becomes === undefined
      ? []
      : {
          id: was?.id ?? account.newId('si'),
          created: was?.created ?? timeline.now(),
          metadata: becomes.metadata,
          price: priceOf(context, becomes.source),
          quantity: becomes.quantity,
          subscription,
        },
  )
}

/**
 * What is given back for the items that change or end, and charged for those that take their
 * place, from a moment on.
 *
 * @param whole The period that what is new is sold by.
 */
export function prorationLines(
  account: Account,
  subscription: Subscription,
  next: readonly ItemTerms[],
  whole: Period,
  from: number,
): readonly LineDraft[] {
  const credits = subscription.items.data
    .filter((item) => !isKept(item, next))
    .flatMap((item) => unusedLines(account, subscription, item, from))
  const debits = next
    .filter((item) => !isKept(item, subscription.items.data))
    .map((item) => remainingLine(account, item, whole, from))
  return [...credits, ...debits.filter(({ amount }) => amount !== 0)]
}

/** What is given back when the period ends early. */
export function creditLines(
  account: Account,
  subscription: Subscription,
  from: number,
): readonly LineDraft[] {
  return subscription.items.data.flatMap((item) =>
    unusedLines(account, subscription, item, from),
  )
}

type Sold = Pick<ItemTerms, 'id' | 'price' | 'quantity'>

function isKept({ id, price, quantity }: Sold, others: readonly Sold[]): boolean {
  return others.some(
    (other) =>
      other.id === id && other.price.id === price.id && other.quantity === quantity,
  )
}

/** Whether two sets of items cost another amount or are billed at other times. */
export function isSameSale(items: readonly Sold[], next: readonly Sold[]): boolean {
  return items.length === next.length && items.every((item) => isKept(item, next))
}
