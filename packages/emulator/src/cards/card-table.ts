// The test cards that the emulator knows. Every row is scripted from
// https://docs.stripe.com/testing; decline messages, advice and network codes are from
// recorded answers of the API. The codes of INSUFFICIENT_FUNDS beside its message are
// unverified against Stripe. A number that is not here is refused, never guessed.

/** What a card does when it is charged. */
type CardBehaviour =
  | { readonly kind: 'succeeds' }
  | { readonly kind: 'declines'; readonly decline: Decline }
  /** On-session every charge asks for 3D Secure; off-session it passes once the card has been set up. */
  | { readonly kind: 'authenticates_unless_set_up' }

export interface Decline {
  readonly code: string
  readonly declineCode: string
  readonly message: string
  readonly adviceCode: string
  readonly networkDeclineCode: string
}

export interface Card {
  readonly number: string
  /** The part of `pm_card_…` and `tok_…` that names the card. */
  readonly aliases: readonly string[]
  readonly brand: string
  readonly funding: 'credit' | 'debit' | 'prepaid'
  readonly behaviour: CardBehaviour
}

const succeeds: CardBehaviour = { kind: 'succeeds' }

const GENERIC_DECLINE: Decline = {
  code: 'card_declined',
  declineCode: 'generic_decline',
  message: 'Your card was declined.',
  adviceCode: 'try_again_later',
  networkDeclineCode: '01',
}

const INSUFFICIENT_FUNDS: Decline = {
  code: 'card_declined',
  declineCode: 'insufficient_funds',
  message: 'Your card has insufficient funds.',
  adviceCode: 'try_again_later',
  networkDeclineCode: '51',
}

const cards: readonly Card[] = [
  card('4242424242424242', ['visa'], 'visa', 'credit'),
  card('4000056655665556', ['visa_debit'], 'visa', 'debit'),
  card('5555555555554444', ['mastercard'], 'mastercard', 'credit'),
  card('5200828282828210', ['mastercard_debit'], 'mastercard', 'debit'),
  card('5105105105105100', ['mastercard_prepaid'], 'mastercard', 'prepaid'),
  card('378282246310005', ['amex'], 'amex', 'credit'),
  card('6011111111111117', ['discover'], 'discover', 'credit'),
  card('3056930009020004', ['diners'], 'diners', 'credit'),
  card('3566002020360505', ['jcb'], 'jcb', 'credit'),
  card('6200000000000005', ['unionpay'], 'unionpay', 'credit'),
  card('4000000000000002', ['visa_chargeDeclined', 'chargeDeclined'], 'visa', 'credit', {
    kind: 'declines',
    decline: GENERIC_DECLINE,
  }),
  card(
    '4000000000009995',
    ['visa_chargeDeclinedInsufficientFunds', 'chargeDeclinedInsufficientFunds'],
    'visa',
    'credit',
    { kind: 'declines', decline: INSUFFICIENT_FUNDS },
  ),
  card('4000002500003155', ['authenticationRequiredOnSetup'], 'visa', 'credit', {
    kind: 'authenticates_unless_set_up',
  }),
]

function card(
  number: string,
  aliases: readonly string[],
  brand: string,
  funding: Card['funding'],
  behaviour: CardBehaviour = succeeds,
): Card {
  return { number, aliases, brand, funding, behaviour }
}

const byNumber = new Map(cards.map((entry) => [entry.number, entry]))
const byAlias = new Map(
  cards.flatMap((entry) => entry.aliases.map((alias) => [alias, entry])),
)

export function cardByNumber(number: string): Card | undefined {
  return byNumber.get(number.replaceAll(/[\s-]/g, ''))
}

/** @param name `pm_card_visa` or `tok_visa` */
export function cardByAlias(name: string): Card | undefined {
  const alias = /^(?:pm_card|tok)_(\w+)$/.exec(name)?.[1]
  return alias === undefined ? undefined : byAlias.get(alias)
}

/** The check digit that every card number ends with. */
export function passesLuhn(number: string): boolean {
  const digits = [...number.replaceAll(/[\s-]/g, '')].reverse().map(Number)
  const sum = digits.reduce((total, digit, index) => {
    const doubled = index % 2 === 1 ? digit * 2 : digit
    return total + (doubled > 9 ? doubled - 9 : doubled)
  }, 0)
  return digits.length >= 12 && sum % 10 === 0
}
