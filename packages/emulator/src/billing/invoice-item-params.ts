// What the parameters of an invoice item ask for. Source:
// https://docs.stripe.com/api/invoiceitems/create
import { flag, integer, mergeMetadata, nested, type Params, text } from '../api/params.ts'
import { invalidParameter, invalidRequest } from '../api/stripe-error.ts'
import type { Price } from '../catalogue/catalogue-objects.ts'
import { currencyOf } from '../catalogue/currency.ts'
import { resolvePrice } from '../catalogue/resolve-price.ts'
import type { Account } from '../state/account.ts'
import type { Context } from '../state/context.ts'
import { amountOf, times } from './amounts.ts'
import type { InvoiceItem, Period } from './invoice-item-object.ts'
import { type LineDraft, pricingOf } from './invoice-lines.ts'

/** A new invoice item of a customer. @throws StripeError 400 */
export function readLine(
  { account, timeline }: Context,
  params: Params,
  customer: string,
): LineDraft {
  const now = timeline.now()
  const quantity = readQuantity(params) ?? 1
  const price = readPrice(account, params)
  const amount = price
    ? amountOf(price, quantity)
    : (integer(params, 'amount') ?? readUnitAmount(params, quantity))
  if (amount === undefined) {
    throw invalidRequest(
      'You must pass one of `amount`, `pricing` or `unit_amount_decimal`.',
      { code: 'parameter_missing', param: 'amount' },
    )
  }
  const subscription = text(params, 'subscription') ?? null
  if (subscription !== null) {
    const owner = account.subscriptions.get(subscription, 'subscription', 400).customer
    if (owner !== customer) {
      throw invalidRequest('The subscription belongs to another customer.', {
        param: 'subscription',
      })
    }
  }
  return {
    amount,
    currency: price?.currency ?? currencyOf(text(params, 'currency') ?? 'usd'),
    description:
      text(params, 'description') ??
      (price ? (account.products.find(price.product)?.name ?? null) : null),
    discountable: flag(params, 'discountable') ?? true,
    invoiceItem: null,
    metadata: mergeMetadata({}, params),
    period: readPeriod(params, { start: now, end: now }),
    pricing: price ? pricingOf(price) : null,
    proration: false,
    quantity,
    subscription,
    subscriptionItem: null,
  }
}

/** What an update of an invoice item changes. @throws StripeError 400 */
export function readItemChange(
  account: Account,
  item: InvoiceItem,
  params: Params,
): Partial<InvoiceItem> {
  const quantity = readQuantity(params) ?? item.quantity
  const given = readPrice(account, params)
  if (given !== undefined && given.currency !== item.currency) {
    throw invalidRequest('The currency of an invoice item cannot be changed.', {
      param: 'pricing[price]',
    })
  }
  const price = given ?? account.prices.find(item.pricing?.price_details.price ?? '')
  const ofPrice = price && amountOf(price, quantity)
  const amount =
    integer(params, 'amount') ??
    readUnitAmount(params, quantity) ??
    ofPrice ??
    Math.round((item.amount / (item.quantity || 1)) * quantity)
  const description = text(params, 'description')
  return {
    amount,
    description: description === undefined ? item.description : description,
    discountable: flag(params, 'discountable') ?? item.discountable,
    metadata: mergeMetadata(item.metadata, params),
    net_amount: amount,
    period: readPeriod(params, item.period),
    pricing: given ? pricingOf(given) : item.pricing,
    quantity,
    quantity_decimal: String(quantity),
  }
}

function readQuantity(params: Params): number | undefined {
  const quantity = integer(params, 'quantity')
  if (quantity === undefined || quantity >= 0) return quantity
  throw invalidParameter('This value must be greater than or equal to 0.', {
    code: 'parameter_invalid_integer',
    param: 'quantity',
  })
}

function readPrice(account: Account, params: Params): Price | undefined {
  const id = text(nested(params, 'pricing') ?? {}, 'price') ?? text(params, 'price')
  const price = id ? resolvePrice(account, id, 'price') : undefined
  if (!price?.recurring) return price
  throw invalidRequest(
    'The price specified is set to `type=recurring` but this field only accepts prices with `type=one_time`.',
    { param: 'price' },
  )
}

function readUnitAmount(params: Params, quantity: number): number | undefined {
  const given = text(params, 'unit_amount_decimal')
  if (!given) return undefined
  if (/^-?\d{1,15}(\.\d{1,12})?$/.test(given)) return times(given, quantity)
  throw invalidParameter(`Invalid decimal: ${given}`, { param: 'unit_amount_decimal' })
}

function readPeriod(params: Params, otherwise: Period): Period {
  const given = nested(params, 'period')
  if (given === undefined) return otherwise
  const start = integer(given, 'start') ?? otherwise.start
  const end = integer(given, 'end') ?? otherwise.end
  if (start <= end) return { start, end }
  throw invalidRequest('The end of the period must not be before its start.', {
    param: 'period[end]',
  })
}
