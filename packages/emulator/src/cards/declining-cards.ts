import type { Card, CardDecline, Decline } from './card.ts'
import {
  EXPIRED_CARD,
  FRAUDULENT,
  GENERIC_DECLINE,
  INCORRECT_CVC,
  INSUFFICIENT_FUNDS,
  LOST_CARD,
  PROCESSING_ERROR,
  STOLEN_CARD,
  VELOCITY_EXCEEDED,
} from './declines.ts'

/**
 * Cards that their issuer declines, when they are attached already.
 *
 * Source: https://docs.stripe.com/testing#declined-payments
 */
export const decliningCards: readonly Card[] = [
  declining('4000000000000002', GENERIC_DECLINE, [
    'visa_chargeDeclined',
    'chargeDeclined',
  ]),
  declining('4000000000009995', INSUFFICIENT_FUNDS, [
    'visa_chargeDeclinedInsufficientFunds',
    'chargeDeclinedInsufficientFunds',
  ]),
  declining('4000000000009987', LOST_CARD, [
    'visa_chargeDeclinedLostCard',
    'chargeDeclinedLostCard',
  ]),
  declining('4000000000009979', STOLEN_CARD, [
    'visa_chargeDeclinedStolenCard',
    'chargeDeclinedStolenCard',
  ]),
  declining('4000000000000069', EXPIRED_CARD, [
    'chargeDeclinedExpiredCard',
    'visa_chargeDeclinedExpiredCard',
  ]),
  {
    ...declining(
      '4000000000000127',
      INCORRECT_CVC,
      ['chargeDeclinedIncorrectCvc', 'visa_chargeDeclinedIncorrectCvc'],
      { needsCvc: true },
    ),
    checks: { cvc: 'fail' },
  },
  declining('4000000000000119', PROCESSING_ERROR, [
    'chargeDeclinedProcessingError',
    'visa_chargeDeclinedProcessingError',
  ]),
  declining('4000000000006975', VELOCITY_EXCEEDED, [
    'visa_chargeDeclinedVelocityLimitExceeded',
    'chargeDeclinedVelocityLimitExceeded',
  ]),
  declining(
    '4000000000000341',
    GENERIC_DECLINE,
    ['chargeCustomerFail', 'visa_chargeCustomerFail'],
    { isForChargesOnly: true },
  ),
  // Stripe gives tokens alone for these. The ends of their numbers are those of their
  // siblings (unverified against Stripe).
  {
    ...declining('4000000000000341', LOST_CARD, ['visa_chargeCustomerFailLostCard'], {
      isForChargesOnly: true,
    }),
    isTokenOnly: true,
  },
  {
    ...declining('4000000000000341', STOLEN_CARD, ['visa_chargeCustomerFailStolenCard'], {
      isForChargesOnly: true,
    }),
    isTokenOnly: true,
  },
  {
    ...declining('4000000000009995', INSUFFICIENT_FUNDS, [
      'visa_debit_chargeDeclinedInsufficientFunds',
    ]),
    funding: 'debit',
    isTokenOnly: true,
  },
  // Stripe's table gives the code expired_card for it, beside a name that says otherwise;
  // the emulator follows the name (unverified against Stripe).
  {
    ...declining('4000000000000002', FRAUDULENT, ['visa_chargeDeclinedFraudulent']),
    isTokenOnly: true,
  },
]

function declining(
  number: string,
  reason: Decline,
  aliases: readonly string[],
  how: Omit<CardDecline, 'reason'> = {},
): Card {
  return {
    number,
    aliases,
    brand: 'visa',
    funding: 'credit',
    country: 'US',
    decline: { reason, ...how },
  }
}
