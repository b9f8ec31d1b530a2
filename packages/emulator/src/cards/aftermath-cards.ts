import type { Card, DisputeKind } from './card.ts'

// Reason codes are those of the networks (https://docs.stripe.com/disputes/categories);
// which one Stripe's test disputes bear is unverified against Stripe.
const FRAUDULENT: DisputeKind = {
  reason: 'fraudulent',
  caseType: 'chargeback',
  networkReasonCode: '10.4',
}
const NOT_RECEIVED: DisputeKind = {
  reason: 'product_not_received',
  caseType: 'chargeback',
  networkReasonCode: '13.1',
}
const INQUIRY: DisputeKind = {
  reason: 'general',
  caseType: 'inquiry',
  networkReasonCode: '10.4',
}
const CE3_ELIGIBLE: DisputeKind = {
  ...FRAUDULENT,
  enhancedEligibility: 'visa_compelling_evidence_3',
}
const VISA_COMPLIANCE: DisputeKind = {
  reason: 'noncompliant',
  caseType: 'compliance',
  networkReasonCode: '98',
  enhancedEligibility: 'visa_compliance',
}
const MASTERCARD_COMPLIANCE: DisputeKind = {
  ...VISA_COMPLIANCE,
  networkReasonCode: '4853',
  enhancedEligibility: 'mastercard_compliance',
}

/**
 * Cards whose charges succeed, and of which more is heard later.
 *
 * Sources: https://docs.stripe.com/testing#disputes, #refunds and #available-balance
 */
export const aftermathCards: readonly Card[] = [
  good('4000000000000259', 'createDispute', { disputes: [FRAUDULENT] }),
  good('4000000000002685', 'createDisputeProductNotReceived', {
    disputes: [NOT_RECEIVED],
  }),
  good('4000000000001976', 'createDisputeInquiry', { disputes: [INQUIRY] }),
  good('4000000000005423', 'createIssuerFraudRecord', { getsEarlyFraudWarning: true }),
  good('4000000404000079', 'createMultipleDisputes', {
    disputes: [FRAUDULENT, FRAUDULENT],
  }),
  good('4000000404000038', 'createCe3EligibleDispute', { disputes: [CE3_ELIGIBLE] }),
  good('4000008400000779', 'createComplianceDispute', { disputes: [VISA_COMPLIANCE] }),
  good('5105008400000002', 'createMastercardComplianceDispute', {
    brand: 'mastercard',
    disputes: [MASTERCARD_COMPLIANCE],
  }),
  good('4000000001000043', 'createAutoRepresentmentEligibleDispute', {
    disputes: [FRAUDULENT],
  }),
  // An account that is not enrolled in the prevention of disputes gets the dispute.
  good('4000000404004816', 'createRapidDisputeResolutionDispute', {
    disputes: [FRAUDULENT],
  }),
  good('4000000404005649', 'createCe3BlockDispute', { disputes: [FRAUDULENT] }),
  good('5105000300000018', 'createEthocaAlert', {
    brand: 'mastercard',
    disputes: [{ ...FRAUDULENT, networkReasonCode: '4837' }],
  }),
  good('4000000000007726', 'pendingRefund', { refund: 'is_pending' }),
  good('4000000000005126', 'refundFail', { refund: 'fails' }),
  good('4000000000000077', 'bypassPending', { bypassesPending: true }),
  good('4000003720000278', 'bypassPendingInternational', {
    country: 'IE',
    bypassesPending: true,
  }),
]

function good(number: string, alias: string, what: Partial<Card>): Card {
  return {
    number,
    aliases: [alias],
    brand: 'visa',
    funding: 'credit',
    country: 'US',
    ...what,
  }
}
