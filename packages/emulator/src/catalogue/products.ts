import { page as pageOf } from '../api/list.ts'
import { flag, list, nested, type Params, text } from '../api/params.ts'
import { type Call, idAt, type Route } from '../api/route.ts'
import { invalidRequest } from '../api/stripe-error.ts'
import { changeOf } from '../state/change.ts'
import { type Context, emit, emitChange } from '../state/context.ts'
import { makePrice } from './add-price.ts'
import { addProduct, changedProductFields, readProductFields } from './add-product.ts'
import type { Product } from './catalogue-objects.ts'
import { MISSING_OF_PRICES, readPriceFields } from './price-fields.ts'

export const productRoutes: readonly Route[] = [
  {
    operation: 'POST /v1/products',
    run: create,
    missing: MISSING_OF_PRICES.filter((name) => !name.startsWith('billing_scheme')).map(
      (name) => `default_price_data: ${name}`,
    ),
    unverified: [
      'with default_price_data: that product.updated tells of the default price',
    ],
  },
  { operation: 'GET /v1/products', run: page },
  { operation: 'GET /v1/products/{id}', run: retrieve },
  { operation: 'POST /v1/products/{id}', run: update },
  { operation: 'DELETE /v1/products/{id}', run: remove },
]

function create(call: Call): Product {
  const { account, params } = call
  const fields = readProductFields(account, params, '')
  const priceData = nested(params, 'default_price_data')
  const price =
    priceData === undefined ? undefined : readPriceFields(priceData, 'default_price_data')
  const product = addProduct(call, fields)
  if (price === undefined) return product
  const { id } = makePrice(call, { fields: price, product: product.id })
  changeProduct(call, product, { default_price: id })
  return product
}

function page({ account, params }: Call): unknown {
  const active = flag(params, 'active')
  const shippable = flag(params, 'shippable')
  const ids = list(params, 'ids')
  const type = text(params, 'type')
  const url = text(params, 'url')
  return pageOf(account.products, '/v1/products', params, (product) => {
    if (active !== undefined && product.active !== active) return false
    if (shippable !== undefined && (product.shippable ?? false) !== shippable)
      return false
    if (ids.length > 0 && !ids.includes(product.id)) return false
    if (type && product.type !== type) return false
    return !url || product.url === url
  })
}

function retrieve(call: Call): Product {
  return call.account.products.get(idAt(call))
}

function update(call: Call): Product {
  const { params } = call
  const product = retrieve(call)
  const changed = changedProductFields(product.metadata, params, '')
  if (params.default_price !== undefined)
    changed.default_price = readDefaultPrice(call, product, params)
  changeProduct(call, product, changed)
  return product
}

/** Sets fields; when that changes one, `updated` moves too. */
function changeProduct(
  context: Context,
  product: Product,
  changed: Partial<Product>,
): void {
  const change = changeOf(product)
  Object.assign(product, changed)
  if (change.previousAttributes() === undefined) return
  product.updated = context.timeline.now()
  emitChange(context, 'product.updated', product, change.previousAttributes())
}

/** The wording of the refusals is unverified against Stripe. */
function readDefaultPrice(
  { account }: Call,
  product: Product,
  params: Params,
): string | null {
  const id = text(params, 'default_price')
  if (!id) return null
  const param = 'default_price'
  const price = account.prices.get(id, param, 400)
  if (price.product !== product.id) {
    throw invalidRequest(
      `The price \`${id}\` cannot be the default price of this product, because it belongs to another one.`,
      { param },
    )
  }
  if (!price.active) {
    throw invalidRequest(
      'The price specified is inactive. This field only accepts active prices.',
      { param },
    )
  }
  return id
}

function remove(call: Call): unknown {
  const { account } = call
  const product = retrieve(call)
  if (account.prices.where('product', product.id).length > 0) {
    throw invalidRequest(
      'This product cannot be deleted because it has one or more user-created prices.',
    )
  }
  account.products.delete(product.id)
  emit(call, 'product.deleted', product)
  return { id: product.id, object: 'product', deleted: true }
}
