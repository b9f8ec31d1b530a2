// The items that a subscription is made of, and what is sold with it once.
import { hashes } from '../api/not-modelled.ts'
import { integer, mergeMetadata, nested, type Params, text } from '../api/params.ts'
import { invalidParameter, invalidRequest } from '../api/stripe-error.ts'
import { makePrice, type NewPrice, readPriceData } from '../catalogue/add-price.ts'
import type { Price } from '../catalogue/catalogue-objects.ts'
import { resolvePrice } from '../catalogue/resolve-price.ts'
import type { Account } from '../state/account.ts'
import type { Context } from '../state/context.ts'
import { amountOf } from './amounts.ts'
import type { Period } from './invoice-item-object.ts'
import { type LineDraft, pricingOf } from './invoice-lines.ts'

/** A price that is there, or one that is made when all has been checked. */
export type PriceSource = { readonly price: Price } | { readonly made: NewPrice }

/** Gives the price that a parameter names, or throws a StripeError. */
export type ResolvePrice = typeof resolvePrice

export interface ItemInput {
  readonly source: PriceSource
  readonly quantity: number
  readonly metadata: Readonly<Record<string, string>>
}

/** The items of a new subscription. @throws StripeError 400 */
export function readItems(
  account: Account,
  params: Params,
  resolve: ResolvePrice = resolvePrice,
): readonly ItemInput[] {
  const given = hashes(params, 'items')
  if (given.length === 0) {
    throw invalidRequest('Missing required param: items.', {
      code: 'parameter_missing',
      param: 'items',
    })
  }
  if (given.length > 20) {
    throw invalidRequest('A subscription can have up to 20 items.', { param: 'items' })
  }
  const items = given.map(({ hash, path }) => readItem(account, hash, path, resolve))
  checkTogether(items.map(({ source }) => termsOf(source)))
  checkDistinct(items)
  return items
}

/** @throws StripeError 400: two items are of one price */
export function checkDistinct(items: readonly Pick<ItemInput, 'source'>[]): void {
  const ids = items.flatMap(({ source }) => ('price' in source ? source.price.id : []))
  if (new Set(ids).size === ids.length) return
  throw invalidRequest(
    'Cannot add multiple subscription items with the same plan: pass a quantity instead.',
    { param: 'items' },
  )
}

export function readItem(
  account: Account,
  hash: Params,
  path: string,
  resolve: ResolvePrice = resolvePrice,
): ItemInput {
  refuseItem(hash, path)
  return {
    source: readRecurringPrice(account, hash, path, resolve),
    quantity: readQuantity(hash, path) ?? 1,
    metadata: mergeMetadata({}, hash, path),
  }
}

export function refuseItem(hash: Params, path: string): void {
  for (const name of ['billing_thresholds', 'current_trial', 'discounts', 'tax_rates']) {
    if (hash[name] === undefined || hash[name] === '') continue
    throw invalidRequest(
      `The emulator does not model ${path}[${name}]. It refuses it rather than guess what Stripe would do.`,
      { param: `${path}[${name}]` },
    )
  }
}

export function readQuantity(hash: Params, path: string): number | undefined {
  const quantity = integer(hash, 'quantity', path)
  if (quantity !== undefined && quantity < 0) {
    throw invalidParameter('This value must be greater than or equal to 0.', {
      code: 'parameter_invalid_integer',
      param: `${path}[quantity]`,
    })
  }
  return quantity
}

/** The price of an item: `price`, the older `plan`, or `price_data`. */
export function readRecurringPrice(
  account: Account,
  hash: Params,
  path: string,
  resolve: ResolvePrice = resolvePrice,
): PriceSource {
  const source = readPriceSource(account, hash, path, resolve)
  if (termsOf(source).recurring !== null) return source
  throw invalidRequest(
    'The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`.',
    { param: `${path}[price]` },
  )
}

function readPriceSource(
  account: Account,
  hash: Params,
  path: string,
  resolve: ResolvePrice,
): PriceSource {
  const name = hash.price === undefined && hash.plan !== undefined ? 'plan' : 'price'
  const id = text(hash, name)
  if (id) return { price: resolve(account, id, `${path}[${name}]`) }
  const data = nested(hash, 'price_data')
  if (data !== undefined)
    return { made: readPriceData(account, data, `${path}[price_data]`) }
  throw invalidRequest(`Missing required param: ${path}[price].`, {
    code: 'parameter_missing',
    param: `${path}[price]`,
  })
}

type PriceTerms = Pick<
  Price,
  'currency' | 'recurring' | 'transform_quantity' | 'unit_amount' | 'unit_amount_decimal'
>

export function termsOf(source: PriceSource): PriceTerms {
  return 'price' in source ? source.price : source.made.fields
}

export function priceOf(context: Context, source: PriceSource): Price {
  return 'price' in source ? source.price : makePrice(context, source.made)
}

/** All items of a subscription are of one currency and, here, of one interval. */
export function checkTogether(terms: readonly PriceTerms[]): void {
  const [first] = terms
  for (const { currency, recurring } of terms) {
    if (currency !== first?.currency) {
      throw invalidRequest(
        `The price specified only supports \`${currency}\`. This doesn't match the expected currency: \`${first?.currency}\`.`,
        { param: 'items' },
      )
    }
    if (
      recurring?.interval !== first.recurring?.interval ||
      recurring?.interval_count !== first.recurring?.interval_count
    ) {
      throw invalidRequest(
        'The emulator does not model items of different intervals in one subscription. It refuses them rather than guess what Stripe would do.',
        { param: 'items' },
      )
    }
  }
}

/** What is paid once. */
export type AddedItem = Pick<ItemInput, 'source' | 'quantity'>

/** `add_invoice_items`: what is paid once, on the next invoice of the subscription. */
export function readAddedItems(
  account: Account,
  params: Params,
  resolve: ResolvePrice = resolvePrice,
): readonly AddedItem[] {
  return hashes(params, 'add_invoice_items').map(({ hash, path }) => {
    const source = readPriceSource(account, hash, path, resolve)
    if (termsOf(source).recurring !== null) {
      throw invalidRequest(
        'The price specified is set to `type=recurring` but this field only accepts prices with `type=one_time`.',
        { param: `${path}[price]` },
      )
    }
    return { source, quantity: readQuantity(hash, path) ?? 1 }
  })
}

export function addedLine(
  context: Context,
  subscription: string,
  { source, quantity }: AddedItem,
  period: Period,
): LineDraft {
  const price = priceOf(context, source)
  return {
    amount: amountOf(price, quantity),
    currency: price.currency,
    description: context.account.products.find(price.product)?.name ?? null,
    discountable: true,
    invoiceItem: null,
    metadata: {},
    period,
    pricing: pricingOf(price),
    proration: false,
    quantity,
    subscription,
    subscriptionItem: null,
  }
}
