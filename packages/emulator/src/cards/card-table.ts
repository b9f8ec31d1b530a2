import { aftermathCards } from './aftermath-cards.ts'
import type { Card } from './card.ts'
import { decliningCards } from './declining-cards.ts'
import { goodCards } from './good-cards.ts'
import { radarCards } from './radar-cards.ts'
import { threeDSecureCards } from './three-d-secure-cards.ts'

/**
 * The test cards that the emulator knows, each scripted from
 * https://docs.stripe.com/testing. A number that is not here is refused, never guessed.
 */
const cards: readonly Card[] = [
  ...goodCards,
  ...decliningCards,
  ...threeDSecureCards,
  ...radarCards,
  ...aftermathCards,
]

const byNumber = new Map(
  cards.filter((card) => !card.isTokenOnly).map((card) => [card.number, card]),
)
const byAlias = new Map(
  cards.flatMap((card) => card.aliases.map((alias) => [alias, card] as const)),
)

/** @param number Spaces and dashes do not count. */
export function cardByNumber(number: string): Card | undefined {
  return byNumber.get(digitsOf(number))
}

/** @param id `pm_card_visa` */
export function cardByPaymentMethod(id: string): Card | undefined {
  const card = id.startsWith('pm_card_') ? byAlias.get(id.slice(8)) : undefined
  return card?.isTokenOnly ? undefined : card
}

/** @param token `tok_visa` */
export function cardByToken(token: string): Card | undefined {
  return token.startsWith('tok_') ? byAlias.get(token.slice(4)) : undefined
}

/** Checks the digit that every card number ends with. */
export function passesLuhn(number: string): boolean {
  const digits = [...digitsOf(number)].reverse().map(Number)
  const sum = digits.reduce((total, digit, index) => {
    const doubled = index % 2 === 1 ? digit * 2 : digit
    return total + (doubled > 9 ? doubled - 9 : doubled)
  }, 0)
  return digits.length >= 12 && sum % 10 === 0
}

function digitsOf(number: string): string {
  return number.replaceAll(/[\s-]/g, '')
}
