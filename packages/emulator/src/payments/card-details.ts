import { integer, nested, type Params, text } from '../api/params.ts'
import {
  docUrl,
  invalidParameter,
  invalidRequest,
  noSuch,
  StripeError,
} from '../api/stripe-error.ts'
import type { Card } from '../cards/card.ts'
import { cardByNumber, cardByToken, passesLuhn } from '../cards/card-table.ts'
import type { Account } from '../state/account.ts'

/** A card as it was given: everything about it has been checked. */
export interface CardDetails {
  readonly card: Card
  readonly expMonth: number
  readonly expYear: number
  readonly hasCvc: boolean
  readonly isFromAlias: boolean
  readonly preferredNetwork: string | null
}

/**
 * Reads `card[number]` and what belongs to it, or `card[token]`.
 *
 * @throws StripeError 402 when a part of it cannot be right, 400 for a card that the emulator does not know
 */
export function readCard(account: Account, params: Params): CardDetails {
  const type = text(params, 'type')
  if (type !== 'card') {
    throw invalidRequest('This emulator makes payment methods of type "card" only.', {
      param: 'type',
    })
  }
  const details = nested(params, 'card') ?? {}
  const token = text(details, 'token')
  if (token) {
    const card = cardByToken(token)
    if (card === undefined) throw noSuch('token', token, 'card[token]', 400)
    return aliasDetails(account, card)
  }
  const card = cardOfNumber(text(details, 'number'))
  const { expMonth, expYear } = readExpiry(account, details)
  const cvc = text(details, 'cvc')
  if (cvc && !/^\d{3,4}$/.test(cvc))
    throw incorrect('invalid_cvc', "Your card's security code is invalid.", 'cvc')
  return {
    card,
    expMonth,
    expYear,
    hasCvc: Boolean(cvc),
    isFromAlias: false,
    preferredNetwork: readNetwork(details, card) ?? null,
  }
}

/** The card behind `pm_card_visa`: it is valid for a year more. */
export function aliasDetails(account: Account, card: Card): CardDetails {
  const expYear = yearOf(account).year + 1
  return {
    card,
    expMonth: 12,
    expYear,
    hasCvc: true,
    isFromAlias: true,
    preferredNetwork: null,
  }
}

/** What an update changes of a card. */
export function readCardUpdate(
  account: Account,
  details: Params,
  old: { readonly expMonth: number; readonly expYear: number },
): { readonly expMonth: number; readonly expYear: number } {
  if (details.exp_month === undefined && details.exp_year === undefined) return old
  return readExpiry(account, {
    exp_month: String(old.expMonth),
    exp_year: String(old.expYear),
    ...details,
  })
}

export function readNetwork(details: Params, card: Card): string | null | undefined {
  const preferred = text(nested(details, 'networks') ?? {}, 'preferred')
  if (!preferred || networksOf(card).includes(preferred)) return preferred
  throw invalidParameter(
    `The card cannot be charged over ${preferred}: it belongs to ${networksOf(card).join(' and ')}.`,
    { param: 'card[networks][preferred]' },
  )
}

export function networksOf({ networks, brand }: Card): readonly string[] {
  return networks ?? [brand]
}

function cardOfNumber(number: string | null | undefined): Card {
  if (!number) {
    throw invalidParameter('Missing required param: card[number].', {
      code: 'parameter_missing',
      param: 'card[number]',
    })
  }
  if (!passesLuhn(number))
    throw incorrect('incorrect_number', 'Your card number is incorrect.', 'number')
  const card = cardByNumber(number)
  if (card !== undefined) return card
  throw invalidRequest(
    `The emulator does not know the test card ending in ${number.slice(-4)} yet. It refuses it rather than guess what Stripe would do.`,
    { param: 'card[number]' },
  )
}

function readExpiry(
  account: Account,
  details: Params,
): { readonly expMonth: number; readonly expYear: number } {
  const now = yearOf(account)
  const expMonth = integer(details, 'exp_month')
  const given = integer(details, 'exp_year')
  if (expMonth === undefined || given === undefined) {
    const name = expMonth === undefined ? 'exp_month' : 'exp_year'
    throw invalidParameter(`Missing required param: card[${name}].`, {
      code: 'parameter_missing',
      param: `card[${name}]`,
    })
  }
  // Of two digits: `34` is to come, `95` is over.
  const expYear = given < 100 ? given + (given < 70 ? 2000 : 1900) : given
  const isOver = expYear === now.year && expMonth < now.month
  if (expMonth < 1 || expMonth > 12 || isOver) {
    const message = "Your card's expiration month is invalid."
    throw incorrect('invalid_expiry_month', message, 'exp_month')
  }
  if (expYear < now.year || expYear > now.year + 50) {
    const message = "Your card's expiration year is invalid."
    throw incorrect('invalid_expiry_year', message, 'exp_year')
  }
  return { expMonth, expYear }
}

function yearOf({ world }: Account): { readonly year: number; readonly month: number } {
  const now = new Date(world.timeline.now() * 1000)
  return { year: now.getUTCFullYear(), month: now.getUTCMonth() + 1 }
}

function incorrect(code: string, message: string, param: string): StripeError {
  return new StripeError(402, {
    type: 'card_error',
    code,
    doc_url: docUrl(code),
    message,
    param,
  })
}
