import { flag, nameIn, nested, type Params, text } from '../api/params.ts'
import { invalidParameter, invalidRequest } from '../api/stripe-error.ts'
import type { Account } from '../state/account.ts'
import { changeOf } from '../state/change.ts'
import { type Context, emit, emitChange } from '../state/context.ts'
import { addProduct, type ProductFields, readProductFields } from './add-product.ts'
import type { Price } from './catalogue-objects.ts'
import { planOf } from './plan.ts'
import { type PriceFields, readPriceFields } from './price-fields.ts'

/** A price that may be made: everything about it has been checked. */
export interface NewPrice {
  readonly fields: PriceFields
  /** The id of one that is there, or one to be made with it. */
  readonly product: string | ProductFields
  /** Has the lookup key now, and gives it up. */
  readonly displaced?: Price | undefined
  /** Made in passing, for what is sold with it: no list shows it. */
  readonly isInline?: boolean
}

/**
 * Reads `price_data`, as it stands in the items of a subscription, an invoice item or a line
 * of a Checkout Session, without changing anything: `makePrice` does, once all that is asked
 * for has been read.
 *
 * @param path Where it stands: `items[0][price_data]`.
 * @throws StripeError 400: a parameter is wrong
 */
export function readPriceData(account: Account, params: Params, path: string): NewPrice {
  // Nobody can use such a price, or such a product, again. For the product it is unverified
  // against Stripe, which may also take one with the same data that it has made before.
  const fields = { ...readPriceFields(params, path), active: false }
  const product = readProduct(account, params, path)
  return {
    fields,
    product: typeof product === 'string' ? product : { ...product, active: false },
    isInline: true,
  }
}

/** Makes a price, its product before it if need be, and their events. */
export function makePrice(
  context: Context,
  { fields, product, displaced, isInline }: NewPrice,
): Price {
  const { account, timeline } = context
  const productId =
    typeof product === 'string' ? product : addProduct(context, product).id
  if (displaced !== undefined) giveUpLookupKey(context, displaced)
  const price: Price = {
    ...fields,
    id: account.newId('price'),
    object: 'price',
    created: timeline.now(),
    livemode: false,
    product: productId,
  }
  account.prices.add(price)
  if (isInline) account.inlinePrices.add(price.id)
  // A recurring price is a plan too, as it was before there were prices. The order of the
  // two events is unverified against Stripe.
  const plan = planOf(price)
  if (plan !== null) emit(context, 'plan.created', plan)
  emit(context, 'price.created', price)
  return price
}

/**
 * Makes a price from the parameters of `POST /v1/prices`.
 *
 * @throws StripeError 400: a parameter is wrong, or the lookup key is taken
 */
export function addPrice(context: Context, params: Params): Price {
  const { account } = context
  const fields = readPriceFields(params, '')
  const product = readProduct(account, params, '')
  const displaced = holderOf(account, fields.lookup_key, params)
  return makePrice(context, { fields, product, displaced })
}

/** Who has a lookup key, archived or not, and gives it up; there is none when it is free. */
export function holderOf(
  account: Account,
  lookupKey: string | null,
  params: Params,
  self?: Price,
): Price | undefined {
  if (lookupKey === null) return undefined
  for (const price of account.prices.all()) {
    if (price.lookup_key !== lookupKey || price === self) continue
    if (flag(params, 'transfer_lookup_key')) return price
    throw invalidRequest(`A price (\`${price.id}\`) already uses that lookup key.`, {
      param: 'lookup_key',
    })
  }
  return undefined
}

/** Takes the lookup key from a price. */
export function giveUpLookupKey(context: Context, price: Price): void {
  const change = changeOf(price)
  price.lookup_key = null
  emitChange(context, 'price.updated', price, change.previousAttributes())
}

function readProduct(
  account: Account,
  params: Params,
  path: string,
): string | ProductFields {
  const id = text(params, 'product')
  const data = nested(params, 'product_data')
  if (id && data !== undefined) {
    throw invalidParameter(
      'You may only specify one of these parameters: product, product_data.',
      { param: nameIn(path, 'product') },
    )
  }
  if (data !== undefined)
    return readProductFields(account, data, nameIn(path, 'product_data'))
  if (id) return account.products.get(id, nameIn(path, 'product'), 400).id
  throw invalidParameter(
    'You must specify either `product` or `product_data` when creating a price.',
    { param: nameIn(path, 'product') },
  )
}
