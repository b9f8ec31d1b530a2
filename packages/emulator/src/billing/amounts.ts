import { invalidRequest } from '../api/stripe-error.ts'
import type { Price } from '../catalogue/catalogue-objects.ts'
import { decimalsOf } from '../catalogue/currency.ts'
import type { Period } from './invoice-item-object.ts'

const SCALE = 12n
const ONE = 10n ** SCALE

/**
 * What a quantity of a price costs, in the currency's smallest unit: a half is rounded up.
 *
 * @throws StripeError 400: it is more than a number can say
 */
export function amountOf(
  price: Pick<Price, 'transform_quantity' | 'unit_amount' | 'unit_amount_decimal'>,
  quantity: number,
): number {
  const { transform_quantity, unit_amount, unit_amount_decimal } = price
  const count =
    transform_quantity === null ? quantity : packages(quantity, transform_quantity)
  // Nearly every price is a whole number.
  const amount =
    unit_amount === null ? times(unit_amount_decimal, count) : unit_amount * count
  if (Number.isSafeInteger(amount)) return amount
  throw invalidRequest(`${count} of this price come to more than can be charged.`, {
    code: 'amount_too_large',
    param: 'quantity',
  })
}

/** A decimal number of the smallest unit, so many times; a half is rounded away from zero. */
export function times(decimal: string, count: number): number {
  const [whole = '0', fraction = ''] = decimal.replace('-', '').split('.')
  const scaled = BigInt(
    whole + fraction.padEnd(Number(SCALE), '0').slice(0, Number(SCALE)),
  )
  const product = Number((scaled * BigInt(count) + ONE / 2n) / ONE)
  return decimal.startsWith('-') ? -product || 0 : product
}

function packages(
  quantity: number,
  { divide_by, round }: NonNullable<Price['transform_quantity']>,
): number {
  return round === 'up'
    ? Math.ceil(quantity / divide_by)
    : Math.floor(quantity / divide_by)
}

/**
 * The part of an amount that falls on what is left of a period, by the second. Each line is
 * rounded by itself, away from zero from a half on.
 *
 * Source: https://docs.stripe.com/billing/subscriptions/prorations
 */
export function prorate(amount: number, { start, end }: Period, from: number): number {
  if (end <= start) return 0
  const part = Math.round((Math.abs(amount) * (end - from)) / (end - start))
  return amount < 0 ? -part || 0 : part
}

const formats = new Map<string, Intl.NumberFormat>()

/** As `$10.00`. @param amount In the currency's smallest unit. */
export function priceText(amount: number, currency: string): string {
  let format = formats.get(currency)
  if (format === undefined) {
    const decimals = decimalsOf(currency)
    format = new Intl.NumberFormat('en-US', {
      style: 'currency',
      currency: currency.toUpperCase(),
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
    })
    formats.set(currency, format)
  }
  return format.format(amount / 10 ** decimalsOf(currency))
}

/** As `15 Jan 2026`, in UTC. @param time Seconds since 1970-01-01 UTC. */
export function formatDay(time: number): string {
  const at = new Date(time * 1000)
  const month = at.toLocaleString('en-US', { month: 'short', timeZone: 'UTC' })
  return `${String(at.getUTCDate()).padStart(2, '0')} ${month} ${at.getUTCFullYear()}`
}
