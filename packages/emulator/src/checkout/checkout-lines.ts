import {
  integer,
  mergeMetadata,
  nameIn,
  nested,
  type Params,
  text,
} from '../api/params.ts'
import { invalidParameter, invalidRequest } from '../api/stripe-error.ts'
import { amountOf } from '../billing/amounts.ts'
import { makePrice, type NewPrice, readPriceData } from '../catalogue/add-price.ts'
import type { Price, Recurring } from '../catalogue/catalogue-objects.ts'
import { resolvePrice } from '../catalogue/resolve-price.ts'
import type { Account } from '../state/account.ts'
import type { Context } from '../state/context.ts'
import { type CheckoutMode, missing } from './checkout-params.ts'
import type { CheckoutLine } from './checkout-session-object.ts'

/** A line that may be sold: everything about it has been checked. */
export interface NewLine {
  /** The one named, or the one to be made with it. */
  readonly price: Price | NewPrice
  readonly currency: string
  readonly recurring: Recurring | null
  readonly metadata: Readonly<Record<string, string>>
  readonly quantity: number
}

/** Source: https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-line_items */
const LONGEST_PAYMENT = 100
const LONGEST_SUBSCRIPTION = 20

/**
 * Reads `line_items` without changing anything.
 *
 * @throws StripeError 400: a line is wrong, or they cannot be sold together in this mode
 */
export function readLines(
  account: Account,
  params: Params,
  mode: CheckoutMode,
): readonly NewLine[] {
  const given = Object.values(nested(params, 'line_items') ?? {})
  if (mode === 'setup') {
    if (given.length === 0) return []
    throw invalidParameter('You can not pass `line_items` in `setup` mode.', {
      param: 'line_items',
    })
  }
  if (given.length === 0) throw missing('line_items')
  const lines = given.map((item, index) =>
    readLine(account, item as Params, `line_items[${index}]`),
  )
  checkNumber(lines, mode)
  checkMode(lines, mode)
  checkCurrency(lines, params)
  checkIntervals(lines)
  checkTwice(lines)
  return lines
}

function readLine(account: Account, item: Params, path: string): NewLine {
  refuseMissing(item, path)
  const id = text(item, 'price')
  const data = nested(item, 'price_data')
  if (id && data !== undefined) {
    throw invalidParameter(
      'You may only specify one of these parameters: price, price_data.',
      { param: path },
    )
  }
  if (!id && data === undefined) {
    throw invalidParameter(
      'You must specify either `price` or `price_data` when using prices.',
      { param: path },
    )
  }
  const quantity = integer(item, 'quantity', path)
  if (quantity === undefined) {
    throw invalidParameter(`Quantity is required. Add \`quantity\` to \`${path}\``, {
      param: path,
    })
  }
  if (quantity < 1) {
    throw invalidParameter('This value must be greater than or equal to 1.', {
      code: 'parameter_invalid_integer',
      param: nameIn(path, 'quantity'),
    })
  }
  const metadata = mergeMetadata({}, item, path)
  if (data !== undefined) {
    const price = readPriceData(account, data, nameIn(path, 'price_data'))
    const { currency, recurring } = price.fields
    return { price, currency, recurring, metadata, quantity }
  }
  const price = resolvePrice(account, id ?? '', nameIn(path, 'price'))
  const { currency, recurring } = price
  return { price, currency, recurring, metadata, quantity }
}

/** Rather refused than sold for another amount. */
function refuseMissing(item: Params, path: string): void {
  const adjustable = nested(item, 'adjustable_quantity')
  const param =
    item.tax_rates !== undefined && item.tax_rates !== ''
      ? nameIn(path, 'tax_rates')
      : adjustable?.enabled === 'true'
        ? nameIn(path, 'adjustable_quantity')
        : undefined
  if (param === undefined) return
  throw invalidParameter(
    `The emulator's checkout has no tax rates and no quantity for the buyer to change. It refuses ${param} rather than sell something else.`,
    { param },
  )
}

function checkNumber(lines: readonly NewLine[], mode: CheckoutMode): void {
  const recurring = lines.filter((line) => line.recurring !== null).length
  const isTooMany =
    mode === 'payment'
      ? lines.length > LONGEST_PAYMENT
      : Math.max(recurring, lines.length - recurring) > LONGEST_SUBSCRIPTION
  if (!isTooMany) return
  // The wording is unverified against Stripe.
  throw invalidParameter(
    mode === 'payment'
      ? `You can have up to ${LONGEST_PAYMENT} line items.`
      : `You can have up to ${LONGEST_SUBSCRIPTION} line items with recurring prices and ${LONGEST_SUBSCRIPTION} with one-time prices.`,
    { param: 'line_items' },
  )
}

function checkMode(lines: readonly NewLine[], mode: CheckoutMode): void {
  const isRecurring = lines.some(({ recurring }) => recurring !== null)
  if (isRecurring === (mode === 'subscription')) return
  throw invalidRequest(
    isRecurring
      ? 'You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only one-time prices.'
      : 'You must provide at least one recurring price in `subscription` mode when using prices.',
    { param: 'mode' },
  )
}

function checkCurrency(lines: readonly NewLine[], params: Params): void {
  const expected = text(params, 'currency')?.toLowerCase() ?? lines[0]?.currency ?? ''
  for (const [index, { currency }] of lines.entries()) {
    if (currency === expected) continue
    throw invalidRequest(
      `The price specified only supports \`${currency}\`. This doesn't match the expected currency: \`${expected}\`.`,
      { param: `line_items[${index}]` },
    )
  }
}

/** The wording is unverified against Stripe. */
function checkIntervals(lines: readonly NewLine[]): void {
  const [first, ...others] = lines.flatMap(({ recurring }) => recurring ?? [])
  const isMixed = others.some(
    ({ interval, interval_count: count }) =>
      interval !== first?.interval || count !== first.interval_count,
  )
  if (!isMixed) return
  throw invalidRequest(
    'Checkout does not support multiple prices with different billing intervals.',
    { param: 'line_items' },
  )
}

/** A subscription has one item of each price. That Checkout says so at once is unverified against Stripe. */
function checkTwice(lines: readonly NewLine[]): void {
  const ids = lines.flatMap(({ price, recurring }) =>
    recurring !== null && 'id' in price ? price.id : [],
  )
  if (new Set(ids).size === ids.length) return
  throw invalidRequest(
    'Cannot add multiple subscription items with the same plan: pass a quantity instead.',
    { param: 'line_items' },
  )
}

/** What a line costs, in the currency's smallest unit. */
export function costOf({ price, quantity }: NewLine): number {
  return amountOf('fields' in price ? price.fields : price, quantity)
}

/** Makes the line, and its price before it if need be. @param dueToday The part of an amount that is due today. */
export function makeLine(
  context: Context,
  line: NewLine,
  dueToday: (amount: number) => number,
): CheckoutLine {
  const { account } = context
  const price = 'fields' in line.price ? makePrice(context, line.price) : line.price
  const amount = dueToday(amountOf(price, line.quantity))
  return {
    id: account.newId('li'),
    object: 'item',
    adjustable_quantity: null,
    amount_discount: 0,
    amount_subtotal: amount,
    amount_tax: 0,
    amount_total: amount,
    currency: price.currency,
    description: account.products.find(price.product)?.name ?? '',
    metadata: line.metadata,
    price,
    quantity: line.quantity,
  }
}
