import type { Card } from './card.ts'

/**
 * Cards whose payments succeed, by brand. None is enrolled in 3D Secure.
 *
 * Source: https://docs.stripe.com/testing#cards
 */
const brandCards: readonly Card[] = [
  good('4242424242424242', 'visa', 'credit', ['visa', 'us']),
  good('4000056655665556', 'visa', 'debit', ['visa_debit']),
  good('5555555555554444', 'mastercard', 'credit', ['mastercard']),
  good('2223003122003222', 'mastercard', 'credit', []),
  good('5200828282828210', 'mastercard', 'debit', ['mastercard_debit']),
  good('5105105105105100', 'mastercard', 'prepaid', ['mastercard_prepaid']),
  {
    ...good('378282246310005', 'amex', 'credit', [
      'amex',
      'amex_threeDSecureNotSupported',
    ]),
    isThreeDSecureUnsupported: true,
  },
  good('371449635398431', 'amex', 'credit', []),
  good('6011111111111117', 'discover', 'credit', ['discover']),
  good('6011000990139424', 'discover', 'credit', []),
  good('6011981111111113', 'discover', 'debit', []),
  good('3056930009020004', 'diners', 'credit', ['diners']),
  good('36227206271667', 'diners', 'credit', []),
  good('6555900000604105', 'discover', 'credit', []),
  good('3566002020360505', 'jcb', 'credit', ['jcb'], 'JP'),
  good('3530111333300000', 'jcb', 'credit', [], 'JP'),
  good('6200000000000005', 'unionpay', 'credit', ['unionpay'], 'CN'),
  good('6200000000000047', 'unionpay', 'debit', [], 'CN'),
  good('6205500000000000004', 'unionpay', 'credit', [], 'CN'),
  good('4000002500001001', 'visa', 'credit', ['visa_cartesBancaires'], 'FR', [
    'cartes_bancaires',
    'visa',
  ]),
  good('5555552500001001', 'mastercard', 'credit', ['mastercard_cartesBancaires'], 'FR', [
    'cartes_bancaires',
    'mastercard',
  ]),
  good('4000050360000001', 'visa', 'debit', ['visa_debit_eftposAuCoBranded'], 'AU', [
    'eftpos_au',
    'visa',
  ]),
  good(
    '5555050360000080',
    'mastercard',
    'debit',
    ['mastercard_debit_eftposAuCoBranded'],
    'AU',
    ['eftpos_au', 'mastercard'],
  ),
]

/** Visa cards of other countries; the alias of each is its country in small letters. */
const visaByCountry: readonly (readonly [country: string, number: string])[] = [
  ['AR', '4000000320000021'],
  ['BR', '4000000760000002'],
  ['CA', '4000001240000000'],
  ['CL', '4000001520000001'],
  ['CO', '4000001700000003'],
  ['CR', '4000001880000005'],
  ['EC', '4000002180000000'],
  ['MX', '4000004840008001'],
  ['PA', '4000005910000000'],
  ['PY', '4000006000000066'],
  ['PE', '4000006040000068'],
  ['UY', '4000008580000003'],
  ['AE', '4000007840000001'],
  ['AT', '4000000400000008'],
  ['BE', '4000000560000004'],
  ['BG', '4000001000000000'],
  ['BY', '4000001120000005'],
  ['HR', '4000001910000009'],
  ['CY', '4000001960000008'],
  ['CZ', '4000002030000002'],
  ['DK', '4000002080000001'],
  ['EE', '4000002330000009'],
  ['FI', '4000002460000001'],
  ['FR', '4000002500000003'],
  ['DE', '4000002760000016'],
  ['GI', '4000002920000005'],
  ['GR', '4000003000000030'],
  ['HU', '4000003480000005'],
  ['IE', '4000003720000005'],
  ['IT', '4000003800000008'],
  ['LV', '4000004280000005'],
  ['LI', '4000004380000004'],
  ['LT', '4000004400000000'],
  ['LU', '4000004420000006'],
  ['MT', '4000004700000007'],
  ['NL', '4000005280000002'],
  ['NO', '4000005780000007'],
  ['PL', '4000006160000005'],
  ['PT', '4000006200000007'],
  ['RO', '4000006420000001'],
  ['SA', '4000006820000007'],
  ['SI', '4000007050000006'],
  ['SK', '4000007030000001'],
  ['ES', '4000007240000007'],
  ['SE', '4000007520000008'],
  ['CH', '4000007560000009'],
  ['GB', '4000008260000000'],
  ['AU', '4000000360000006'],
  ['CN', '4000001560000002'],
  ['HK', '4000003440000004'],
  ['IN', '4000003560000008'],
  ['JP', '4000003920000003'],
  ['MY', '4000004580000002'],
  ['NZ', '4000005540000008'],
  ['SG', '4000007020000003'],
  ['TW', '4000001580000008'],
]

const otherCountryCards: readonly Card[] = [
  good('5200007840000022', 'mastercard', 'credit', ['ae_mastercard'], 'AE'),
  good('4000058260000005', 'visa', 'debit', ['gb_debit'], 'GB'),
  good('5555558265554449', 'mastercard', 'credit', ['gb_mastercard'], 'GB'),
  good('4000007640000003', 'visa', 'credit', ['th_credit'], 'TH'),
  good('4000057640000008', 'visa', 'debit', ['th_debit'], 'TH'),
]

/** Source: https://docs.stripe.com/testing#international-cards */
export const goodCards: readonly Card[] = [
  ...brandCards,
  ...visaByCountry.map(([country, number]) =>
    good(number, 'visa', 'credit', [country.toLowerCase()], country),
  ),
  ...otherCountryCards,
]

function good(
  number: string,
  brand: string,
  funding: Card['funding'],
  aliases: readonly string[],
  country = 'US',
  networks: readonly string[] = [brand],
): Card {
  return { number, aliases, brand, funding, country, networks }
}
