import type { Decline, Risk } from '../cards/card.ts'

/**
 * What Radar and the network said of a charge. The score is answered with Radar for Fraud
 * Teams only, which the emulator's account has.
 *
 * Source: https://docs.stripe.com/api/charges/object#charge_object-outcome
 */
export function outcomeOf(decline: Decline | undefined, risk: Risk): unknown {
  const common = {
    advice_code: decline?.adviceCode ?? null,
    network_advice_code: null,
    network_decline_code: decline?.networkDeclineCode ?? null,
    risk_level: risk.level,
    risk_score: risk.score,
  }
  if (decline === undefined) {
    return {
      ...common,
      network_status: 'approved_by_network',
      reason: risk.level === 'elevated' ? 'elevated_risk_level' : null,
      seller_message: 'Payment complete.',
      type: 'authorized',
    }
  }
  if (risk.isBlocked) {
    return {
      ...common,
      advice_code: null,
      network_status: 'not_sent_to_network',
      reason: 'highest_risk_level',
      rule: 'block_if_high_risk',
      seller_message: 'Stripe blocked this payment as too risky.',
      type: 'blocked',
    }
  }
  return {
    ...common,
    network_status: 'declined_by_network',
    reason: decline.declineCode ?? decline.code,
    seller_message: 'The bank did not return any further details with this decline.',
    type: 'issuer_declined',
  }
}
