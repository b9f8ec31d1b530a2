import {
  flag,
  integer,
  mergeMetadata,
  nameIn,
  nested,
  type Params,
  text,
} from '../api/params.ts'
import { invalidParameter } from '../api/stripe-error.ts'
import type { Interval, Price, Recurring } from './catalogue-objects.ts'
import { currencyOf, MAXIMUM_CHARGE } from './currency.ts'

/** What the parameters say of a price, beside whose it is. */
export type PriceFields = Omit<
  Price,
  'id' | 'object' | 'created' | 'livemode' | 'product'
>

/** What a price can be at Stripe and not here. */
export const MISSING_OF_PRICES: readonly string[] = [
  'billing_scheme=tiered, tiers, tiers_mode',
  'custom_unit_amount',
  'currency_options',
  'recurring[meter], recurring[usage_type]=metered',
]

/** The longest a period may be: three years. Source: https://docs.stripe.com/api/prices/create#create_price-recurring-interval_count */
const LONGEST: Readonly<Record<Interval, number>> = {
  day: 1_095,
  week: 156,
  month: 36,
  year: 3,
}

/**
 * Reads the parameters of a price, or of `price_data`, without changing anything.
 *
 * @param path Of the hash that holds them, `''` when nothing does.
 * @throws StripeError 400: the parameters contradict each other, or name what is not modelled
 */
export function readPriceFields(params: Params, path: string): PriceFields {
  refuseMissing(params, path)
  const recurring = readRecurring(params, path)
  const amount = readAmount(params, path)
  const metadata = mergeMetadata({}, params, path)
  return {
    active: flag(params, 'active') ?? true,
    billing_scheme: 'per_unit',
    currency: currencyOf(required(params, 'currency', path), nameIn(path, 'currency')),
    custom_unit_amount: null,
    lookup_key: text(params, 'lookup_key') ?? null,
    metadata,
    nickname: text(params, 'nickname') ?? null,
    recurring,
    tax_behavior: text(params, 'tax_behavior') ?? 'unspecified',
    tiers_mode: null,
    transform_quantity: readTransformation(params, path),
    type: recurring === null ? 'one_time' : 'recurring',
    ...amount,
  }
}

/** Rather refused than answered with a price that costs something else. */
function refuseMissing(params: Params, path: string): void {
  const recurring = nested(params, 'recurring') ?? {}
  const named = [
    ...['tiers', 'tiers_mode', 'custom_unit_amount', 'currency_options']
      .filter((name) => params[name] !== undefined && params[name] !== '')
      .map((name) => nameIn(path, name)),
    ...(params.billing_scheme === 'tiered' ? [nameIn(path, 'billing_scheme')] : []),
    ...(recurring.meter === undefined ? [] : [nameIn(path, 'recurring[meter]')]),
    ...(recurring.usage_type === 'metered'
      ? [nameIn(path, 'recurring[usage_type]')]
      : []),
  ]
  const [param] = named
  if (param === undefined) return
  throw invalidParameter(
    `The emulator models flat prices by the unit only: it has no tiers, no custom amounts, no options by currency and no metered usage. It refuses ${param} rather than bill something else.`,
    { param },
  )
}

function readAmount(
  params: Params,
  path: string,
): Pick<Price, 'unit_amount' | 'unit_amount_decimal'> {
  const decimal = text(params, 'unit_amount_decimal')
  const amount = integer(params, 'unit_amount', path)
  const param = nameIn(path, 'unit_amount')
  if (amount !== undefined && decimal) {
    throw invalidParameter(
      'You may only specify one of these parameters: unit_amount, unit_amount_decimal.',
      { param },
    )
  }
  if (amount !== undefined) {
    checkAmount(amount, param)
    return { unit_amount: amount, unit_amount_decimal: String(amount) }
  }
  if (!decimal) {
    throw invalidParameter(
      'Prices require an `unit_amount` or `unit_amount_decimal` parameter to be set.',
      { param },
    )
  }
  return readDecimal(decimal, nameIn(path, 'unit_amount_decimal'))
}

function readDecimal(
  value: string,
  param: string,
): Pick<Price, 'unit_amount' | 'unit_amount_decimal'> {
  const [, sign = '', whole = '', fraction = ''] =
    /^(-?)(\d+)(?:\.(\d+))?$/.exec(value) ?? []
  if (whole === '') throw invalidParameter(`Invalid decimal: ${value}`, { param })
  if (fraction.length > 12) {
    throw invalidParameter(
      `Invalid decimal: ${value}; must contain at maximum 12 decimal places.`,
      { param },
    )
  }
  const plain = whole.replace(/^0+(?=\d)/, '')
  const rest = fraction.replace(/0+$/, '')
  checkAmount(Number(`${sign}${plain}.${rest || '0'}`), param)
  return rest === ''
    ? { unit_amount: Number(plain), unit_amount_decimal: plain }
    : { unit_amount: null, unit_amount_decimal: `${plain}.${rest}` }
}

function checkAmount(amount: number, param: string): void {
  if (amount < 0) {
    throw invalidParameter('This value must be greater than or equal to 0.', {
      code: 'parameter_invalid_integer',
      param,
    })
  }
  if (amount > MAXIMUM_CHARGE) {
    throw invalidParameter(
      `This value must be less than or equal to ${MAXIMUM_CHARGE} (it currently is '${amount}').`,
      { code: 'parameter_invalid_integer', param },
    )
  }
}

function readRecurring(params: Params, path: string): Recurring | null {
  const recurring = nested(params, 'recurring')
  if (recurring === undefined) return null
  const own = nameIn(path, 'recurring')
  const interval = required(recurring, 'interval', own)
  if (!isInterval(interval)) {
    throw invalidParameter('Invalid interval: must be one of month, year, week, or day', {
      param: nameIn(own, 'interval'),
    })
  }
  const count = integer(recurring, 'interval_count', own) ?? 1
  if (count < 1 || count > LONGEST[interval]) {
    // The wording is unverified against Stripe.
    throw invalidParameter(
      count < 1
        ? 'This value must be greater than or equal to 1.'
        : `The maximum interval is three years: ${LONGEST[interval]} times ${interval}.`,
      { code: 'parameter_invalid_integer', param: nameIn(own, 'interval_count') },
    )
  }
  return {
    interval,
    interval_count: count,
    meter: null,
    trial_period_days: integer(recurring, 'trial_period_days', own) ?? null,
    usage_type: 'licensed',
  }
}

function readTransformation(params: Params, path: string): Price['transform_quantity'] {
  const transformation = nested(params, 'transform_quantity')
  if (transformation === undefined) return null
  const own = nameIn(path, 'transform_quantity')
  const divideBy = integer(transformation, 'divide_by', own)
  if (divideBy === undefined) throw missing(nameIn(own, 'divide_by'))
  const round = required(transformation, 'round', own)
  if (divideBy < 1) {
    throw invalidParameter('This value must be greater than or equal to 1.', {
      code: 'parameter_invalid_integer',
      param: nameIn(own, 'divide_by'),
    })
  }
  if (round !== 'up' && round !== 'down') {
    throw invalidParameter('Invalid round: must be one of up or down', {
      param: nameIn(own, 'round'),
    })
  }
  return { divide_by: divideBy, round }
}

function isInterval(value: string): value is Interval {
  return Object.hasOwn(LONGEST, value)
}

function required(params: Params, name: string, path: string): string {
  const value = text(params, name)
  if (!value) throw missing(nameIn(path, name))
  return value
}

function missing(param: string): Error {
  return invalidParameter(`Missing required param: ${param}.`, {
    code: 'parameter_missing',
    param,
  })
}
