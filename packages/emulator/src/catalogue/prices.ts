import { page as pageOf } from '../api/list.ts'
import { flag, list, mergeMetadata, nested, text } from '../api/params.ts'
import { type Call, idAt, type Route } from '../api/route.ts'
import { invalidParameter, invalidRequest } from '../api/stripe-error.ts'
import { changeOf } from '../state/change.ts'
import { type Context, emitChange } from '../state/context.ts'
import { addPrice, giveUpLookupKey, holderOf } from './add-price.ts'
import type { Price } from './catalogue-objects.ts'
import { planOf } from './plan.ts'
import { MISSING_OF_PRICES } from './price-fields.ts'

export const priceRoutes: readonly Route[] = [
  {
    operation: 'POST /v1/prices',
    run: (call) => addPrice(call, call.params),
    missing: MISSING_OF_PRICES,
    unverified: ['the order of plan.created and price.created'],
  },
  { operation: 'GET /v1/prices', run: page, missing: ['recurring[meter]'] },
  { operation: 'GET /v1/prices/{price}', run: retrieve },
  { operation: 'POST /v1/prices/{price}', run: update, missing: ['currency_options'] },
]

function retrieve(call: Call): Price {
  return call.account.prices.get(idAt(call), 'price')
}

/** Of the active prices, unless it is asked for the others. Source: https://docs.stripe.com/api/prices/list */
function page({ account, params }: Call): unknown {
  const active = flag(params, 'active') ?? true
  const currency = text(params, 'currency')?.toLowerCase()
  const product = text(params, 'product')
  const type = text(params, 'type')
  const keys = list(params, 'lookup_keys')
  const recurring = nested(params, 'recurring') ?? {}
  if (keys.length > 10) {
    throw invalidParameter('You can look up by at most 10 lookup keys.', {
      param: 'lookup_keys',
    })
  }
  return pageOf(account.prices, '/v1/prices', params, (price) => {
    if (price.active !== active || account.inlinePrices.has(price.id)) return false
    if (currency && price.currency !== currency) return false
    if (product && price.product !== product) return false
    if (type && price.type !== type) return false
    if (keys.length > 0 && !keys.includes(price.lookup_key ?? '')) return false
    return (['interval', 'usage_type', 'meter'] as const).every(
      (name) =>
        recurring[name] === undefined || price.recurring?.[name] === recurring[name],
    )
  })
}

function update(call: Call): Price {
  const { account, params } = call
  const price = retrieve(call)
  if (params.currency_options !== undefined) {
    throw invalidParameter('The emulator has no options by currency.', {
      param: 'currency_options',
    })
  }
  const lookupKey = text(params, 'lookup_key')
  const changed: Partial<Price> = { metadata: mergeMetadata(price.metadata, params) }
  const active = flag(params, 'active')
  if (active !== undefined) changed.active = checkedActive(call, price, active)
  if (lookupKey !== undefined) changed.lookup_key = lookupKey
  const nickname = text(params, 'nickname')
  if (nickname !== undefined) changed.nickname = nickname
  const taxBehaviour = text(params, 'tax_behavior')
  if (taxBehaviour) changed.tax_behavior = checkedTaxBehaviour(price, taxBehaviour)
  const displaced = holderOf(account, lookupKey ?? null, params, price)
  if (displaced !== undefined) giveUpLookupKey(call, displaced)
  changePrice(call, price, changed)
  return price
}

function changePrice(context: Context, price: Price, changed: Partial<Price>): void {
  const plan = planOf(price)
  const planChange = plan === null ? undefined : changeOf(plan)
  const change = changeOf(price)
  Object.assign(price, changed)
  if (plan !== null) {
    Object.assign(plan, planOf(price))
    emitChange(context, 'plan.updated', plan, planChange?.previousAttributes())
  }
  emitChange(context, 'price.updated', price, change.previousAttributes())
}

function checkedActive({ account }: Call, price: Price, active: boolean): boolean {
  if (active || account.products.find(price.product)?.default_price !== price.id)
    return active
  throw invalidRequest(
    'This price cannot be archived because it is the default price of its product.',
    { param: 'active' },
  )
}

/** Once it says whether tax is included, it goes on saying so. The wording is unverified against Stripe. */
function checkedTaxBehaviour(price: Price, wanted: string): string {
  const current = price.tax_behavior
  if (current === 'unspecified' || current === wanted) return wanted
  throw invalidRequest(
    `You cannot change the tax behavior of a price once it is set to ${current}.`,
    { param: 'tax_behavior' },
  )
}
