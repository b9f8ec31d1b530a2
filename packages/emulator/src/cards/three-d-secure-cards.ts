import type { Card, ThreeDSecureRule } from './card.ts'
import { GENERIC_DECLINE, INSUFFICIENT_FUNDS } from './declines.ts'

/** Every payment has to be authenticated. Off-session none can be (for cards that Radar asks for, this is unverified against Stripe). */
const ALWAYS: ThreeDSecureRule = { onSession: 'asks', offSession: 'needs_authentication' }
const UNLESS_SET_UP: ThreeDSecureRule = { onSession: 'asks', offSession: 'needs_set_up' }
const OPTIONAL: ThreeDSecureRule = {
  onSession: 'asks_when_requested',
  offSession: 'passes',
}

/** Source: https://docs.stripe.com/testing#regulatory-cards */
export const threeDSecureCards: readonly Card[] = [
  asking('4000002500003155', 'authenticationRequiredOnSetup', UNLESS_SET_UP, 'FR'),
  asking('4000002760003184', 'authenticationRequired', ALWAYS, 'DE'),
  asking(
    '4000003800000446',
    'authenticationRequiredSetupForOffSession',
    { ...UNLESS_SET_UP, isSetUp: true },
    'IT',
  ),
  {
    ...asking(
      '4000008260003178',
      'authenticationRequiredChargeDeclinedInsufficientFunds',
      UNLESS_SET_UP,
      'GB',
    ),
    decline: { reason: INSUFFICIENT_FUNDS, isForChargesOnly: true },
  },
  asking('4000000000003220', 'threeDSecure2Required', ALWAYS, 'IE'),
  asking('4000008400000027', undefined, ALWAYS, 'US'),
  {
    ...asking('4000008400001629', 'threeDSecureRequiredChargeDeclined', ALWAYS, 'US'),
    decline: { reason: GENERIC_DECLINE, isForChargesOnly: true },
  },
  asking(
    '4000008400001280',
    'threeDSecureRequiredProcessingError',
    { ...ALWAYS, onLookupError: 'decline' },
    'US',
  ),
  asking('4000000000003055', 'threeDSecureOptional', OPTIONAL, 'US'),
  asking(
    '4000000000003097',
    'threeDSecureOptionalProcessingError',
    { ...OPTIONAL, onLookupError: 'go_on' },
    'US',
  ),
  asking(
    '4000000032200000',
    undefined,
    { onSession: 'asks', offSession: 'passes', isFrictionless: true },
    'US',
  ),
]

function asking(
  number: string,
  alias: string | undefined,
  threeDSecure: ThreeDSecureRule,
  country: string,
): Card {
  return {
    number,
    aliases: alias === undefined ? [] : [alias],
    brand: 'visa',
    funding: 'credit',
    country,
    threeDSecure,
  }
}
