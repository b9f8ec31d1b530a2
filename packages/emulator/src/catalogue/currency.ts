import { invalidParameter } from '../api/stripe-error.ts'

/** In the order in which Stripe lists them; unverified against its page of today. Source: https://docs.stripe.com/currencies#presentment-currencies */
const CURRENCIES: ReadonlySet<string> = new Set(
  `usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd
  bwp byn bzd cad cdf chf clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp
  gel gip gmd gnf gtq gyd hkd hnl hrk htg huf idr ils inr isk jmd jod jpy kes kgs khr kmf
  krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mro mur mvr mwk mxn myr
  mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd
  scr sek sgd shp sle sos srd std szl thb tjs tnd top try ttd twd tzs uah ugx uyu uzs vnd
  vuv wst xaf xcd xcg xof xpf yer zar zmw`.split(/\s+/),
)

/** Their smallest unit is the whole. Source: https://docs.stripe.com/currencies#zero-decimal */
const WITHOUT_DECIMALS: ReadonlySet<string> = new Set(
  'bif clp djf gnf jpy kmf krw mga pyg rwf ugx vnd vuv xaf xof xpf'.split(' '),
)

/** Source: https://docs.stripe.com/currencies#three-decimal */
const WITH_THREE_DECIMALS: ReadonlySet<string> = new Set('bhd jod kwd omr tnd'.split(' '))

/** In the smallest unit; unverified against Stripe's page of today. Source: https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts */
const MINIMUM_CHARGES: Readonly<Record<string, number | undefined>> = {
  aed: 200,
  aud: 50,
  bgn: 100,
  brl: 50,
  cad: 50,
  chf: 50,
  czk: 1_500,
  dkk: 250,
  eur: 50,
  gbp: 30,
  hkd: 400,
  hrk: 50,
  huf: 17_500,
  inr: 50,
  jpy: 50,
  mxn: 1_000,
  myr: 200,
  nok: 300,
  nzd: 50,
  pln: 200,
  ron: 200,
  sek: 300,
  sgd: 50,
  thb: 1_000,
  usd: 50,
}

/**
 * The largest amount that can be charged, in the smallest unit: eight digits. Source:
 * https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
 */
export const MAXIMUM_CHARGE = 99_999_999

/** How many of the last digits of an amount are decimals: 0, 2 or 3. */
export function decimalsOf(currency: string): 0 | 2 | 3 {
  if (WITHOUT_DECIMALS.has(currency)) return 0
  return WITH_THREE_DECIMALS.has(currency) ? 3 : 2
}

/**
 * The smallest amount that can be charged, in the smallest unit of the currency. Where
 * Stripe names none it is what is worth 0.50 USD on the day; here 1, as rates are not
 * modelled.
 */
export function minimumCharge(currency: string): number {
  return MINIMUM_CHARGES[currency] ?? 1
}

/**
 * A currency parameter, which is taken in either case, in lower case.
 *
 * @throws StripeError 400: Stripe does not know it
 */
export function currencyOf(value: string, param = 'currency'): string {
  const currency = value.toLowerCase()
  if (CURRENCIES.has(currency)) return currency
  throw invalidParameter(
    `Invalid currency: ${value}. Stripe currently supports these currencies: ${[...CURRENCIES].join(', ')}`,
    { param },
  )
}
