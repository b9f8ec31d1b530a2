import type { Card, CheckResults, Risk } from './card.ts'

// The scores are unverified against Stripe: only their ranges are documented
// (https://docs.stripe.com/radar/risk-evaluation#risk-levels).
export const NORMAL_RISK: Risk = { level: 'normal', score: 20, isBlocked: false }
const ELEVATED_RISK: Risk = { level: 'elevated', score: 68, isBlocked: false }
/** "Block if :risk_level: = 'highest'" is on in a new account. */
const HIGHEST_RISK: Risk = { level: 'highest', score: 90, isBlocked: true }

/**
 * Cards for Radar and for the checks of CVC and address. An account's rules decide whether a
 * failed check blocks a payment; here they are noted, and it goes on (that a new account has
 * no such rule is unverified against Stripe). The controls that have to be enabled first
 * (dynamic risk thresholds, adaptive 3D Secure and the like) are not.
 *
 * Source: https://docs.stripe.com/testing#fraud-prevention
 */
export const radarCards: readonly Card[] = [
  screened('4100000000000019', 'radarBlock', { risk: HIGHEST_RISK }),
  screened('4000000000004954', 'riskLevelHighest', { risk: HIGHEST_RISK }),
  screened('4000000000009235', 'riskLevelElevated', { risk: ELEVATED_RISK }),
  screened('4000008400000407', 'highFraudDisputeScore', {}),
  screened('4000008400000159', 'highEfwScore', {}),
  screened('4000008400001017', 'radarDynamicRiskThreshold', {}),
  screened('4000008405600003', 'adaptive3dsChallenge', {}),
  screened('4000000000000101', 'cvcCheckFail', { checks: { cvc: 'fail' } }),
  screened('4000000000000036', 'avsZipFail', { checks: { postalCode: 'fail' } }),
  screened('4000058400307872', 'cvcCheckFailElevatedRisk', {
    risk: ELEVATED_RISK,
    checks: { cvc: 'fail' },
  }),
  screened('4000058400306072', 'avsZipFailElevatedRisk', {
    risk: ELEVATED_RISK,
    checks: { postalCode: 'fail' },
  }),
  screened('4000000000000028', 'avsLine1Fail', { checks: { line1: 'fail' } }),
  screened('4000000000000010', 'avsFail', {
    checks: { postalCode: 'fail', line1: 'fail' },
  }),
  screened('4000000000000044', 'avsUnchecked', {
    checks: { postalCode: 'unavailable', line1: 'unavailable' },
  }),
  // Their captcha is a matter of the page: an API call is not asked (unverified against Stripe).
  screened('4000000000001208', undefined, {}),
  screened('4000000000003725', undefined, {}),
]

function screened(
  number: string,
  alias: string | undefined,
  how: { readonly risk?: Risk; readonly checks?: CheckResults },
): Card {
  return {
    number,
    aliases: alias === undefined ? [] : [alias],
    brand: 'visa',
    funding: 'credit',
    country: 'US',
    ...how,
  }
}
