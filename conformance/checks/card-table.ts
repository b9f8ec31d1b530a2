// The test cards of https://docs.stripe.com/testing, but for the four that `cards.ts` asks
// for in detail. Each row becomes a check of its own.

/** What becomes of a payment with a card, as far as an application can see it. */
export type CardOutcome =
  | { readonly kind: 'succeeds' }
  /** It succeeds, and these events come later. */
  | {
      readonly kind: 'has_a_sequel'
      /** What has to happen for them to be made. */
      readonly after: 'time' | 'refund'
      /** Each has a handler, and acts once. */
      readonly acts: readonly string[]
      /** These have none, and are acknowledged. */
      readonly passes: readonly string[]
    }
  /** @see CardRun.expectDecline */
  | {
      readonly kind: 'is_declined'
      readonly code: string
      readonly declineCode?: string | null
    }
  /** It succeeds after 3D Secure, and not without. */
  | { readonly kind: 'authenticates' }
  | { readonly kind: 'is_declined_after_authentication' }

export interface CardRow {
  /** Behind `cards.`; permanent. */
  readonly id: string
  readonly requirement: string
  readonly number: string
  /** `pm_card_…`: the same card, as a payment method. */
  readonly alias: string
  readonly outcome: CardOutcome
}

const SUCCEEDS: CardOutcome = { kind: 'succeeds' }
const AUTHENTICATES: CardOutcome = { kind: 'authenticates' }
const DECLINED_AFTER_AUTHENTICATION: CardOutcome = {
  kind: 'is_declined_after_authentication',
}
const DISPUTED: CardOutcome = {
  kind: 'has_a_sequel',
  after: 'time',
  acts: ['charge.dispute.created'],
  passes: [],
}

/** @param declineCode Which one Radar's blocks have is not documented. */
function declined(code: string, declineCode?: string | null): CardOutcome {
  return {
    kind: 'is_declined',
    code,
    ...(declineCode !== undefined && { declineCode }),
  }
}

function rows(
  requirement: string,
  group: string,
  table: readonly (readonly [
    name: string,
    number: string,
    alias: string,
    outcome: CardOutcome,
  ])[],
): readonly CardRow[] {
  return table.map(([name, number, alias, outcome]) => ({
    id: `${group}.${name}`,
    requirement,
    number,
    alias: `pm_card_${alias}`,
    outcome,
  }))
}

/** Source: https://docs.stripe.com/testing#cards */
const brands = rows('CARD-15', 'brands', [
  ['visa-debit', '4000 0566 5566 5556', 'visa_debit', SUCCEEDS],
  ['mastercard', '5555 5555 5555 4444', 'mastercard', SUCCEEDS],
  ['mastercard-debit', '5200 8282 8282 8210', 'mastercard_debit', SUCCEEDS],
  ['mastercard-prepaid', '5105 1051 0510 5100', 'mastercard_prepaid', SUCCEEDS],
  ['amex', '3782 822463 10005', 'amex', SUCCEEDS],
  ['discover', '6011 1111 1111 1117', 'discover', SUCCEEDS],
  ['diners', '3056 9300 0902 0004', 'diners', SUCCEEDS],
  ['jcb', '3566 0020 2036 0505', 'jcb', SUCCEEDS],
  ['unionpay', '6200 0000 0000 0005', 'unionpay', SUCCEEDS],
])

/** Source: https://docs.stripe.com/testing#declined-payments */
const declines = rows('CARD-16', 'declines', [
  [
    'lost-card',
    '4000 0000 0000 9987',
    'visa_chargeDeclinedLostCard',
    declined('card_declined', 'lost_card'),
  ],
  [
    'stolen-card',
    '4000 0000 0000 9979',
    'visa_chargeDeclinedStolenCard',
    declined('card_declined', 'stolen_card'),
  ],
  [
    'expired-card',
    '4000 0000 0000 0069',
    'chargeDeclinedExpiredCard',
    declined('expired_card', null),
  ],
  [
    'incorrect-cvc',
    '4000 0000 0000 0127',
    'chargeDeclinedIncorrectCvc',
    declined('incorrect_cvc', null),
  ],
  [
    'processing-error',
    '4000 0000 0000 0119',
    'chargeDeclinedProcessingError',
    declined('processing_error', null),
  ],
  [
    'velocity-limit',
    '4000 0000 0000 6975',
    'visa_chargeDeclinedVelocityLimitExceeded',
    declined('card_declined', 'card_velocity_exceeded'),
  ],
  [
    'decline-after-attaching',
    '4000 0000 0000 0341',
    'chargeCustomerFail',
    declined('card_declined', 'generic_decline'),
  ],
])

/** Source: https://docs.stripe.com/testing#three-d-secure */
const threeDSecure = rows('CARD-17', 'three-d-secure', [
  ['required-always', '4000 0027 6000 3184', 'authenticationRequired', AUTHENTICATES],
  [
    'set-up-for-off-session',
    '4000 0038 0000 0446',
    'authenticationRequiredSetupForOffSession',
    AUTHENTICATES,
  ],
  ['required', '4000 0000 0000 3220', 'threeDSecure2Required', AUTHENTICATES],
  [
    'insufficient-funds',
    '4000 0082 6000 3178',
    'authenticationRequiredChargeDeclinedInsufficientFunds',
    DECLINED_AFTER_AUTHENTICATION,
  ],
  [
    'required-and-declined',
    '4000 0084 0000 1629',
    'threeDSecureRequiredChargeDeclined',
    DECLINED_AFTER_AUTHENTICATION,
  ],
  [
    'required-and-unreachable',
    '4000 0084 0000 1280',
    'threeDSecureRequiredProcessingError',
    declined('card_declined'),
  ],
  ['optional', '4000 0000 0000 3055', 'threeDSecureOptional', SUCCEEDS],
  [
    'optional-and-unreachable',
    '4000 0000 0000 3097',
    'threeDSecureOptionalProcessingError',
    SUCCEEDS,
  ],
  ['not-supported', '3782 822463 10005', 'amex_threeDSecureNotSupported', SUCCEEDS],
])

/** Source: https://docs.stripe.com/testing#fraud-prevention */
const radar = rows('CARD-18', 'radar', [
  ['blocked', '4100 0000 0000 0019', 'radarBlock', declined('card_declined')],
  ['highest-risk', '4000 0000 0000 4954', 'riskLevelHighest', declined('card_declined')],
  ['elevated-risk', '4000 0000 0000 9235', 'riskLevelElevated', SUCCEEDS],
  ['cvc-check-fails', '4000 0000 0000 0101', 'cvcCheckFail', SUCCEEDS],
  ['postal-code-check-fails', '4000 0000 0000 0036', 'avsZipFail', SUCCEEDS],
  [
    'cvc-check-fails-at-elevated-risk',
    '4000 0584 0030 7872',
    'cvcCheckFailElevatedRisk',
    SUCCEEDS,
  ],
  [
    'postal-code-check-fails-at-elevated-risk',
    '4000 0584 0030 6072',
    'avsZipFailElevatedRisk',
    SUCCEEDS,
  ],
  ['line1-check-fails', '4000 0000 0000 0028', 'avsLine1Fail', SUCCEEDS],
  ['address-checks-fail', '4000 0000 0000 0010', 'avsFail', SUCCEEDS],
  ['address-unchecked', '4000 0000 0000 0044', 'avsUnchecked', SUCCEEDS],
])

/** Source: https://docs.stripe.com/testing#disputes */
const disputes = rows('CARD-19', 'disputes', [
  ['fraudulent', '4000 0000 0000 0259', 'createDispute', DISPUTED],
  ['not-received', '4000 0000 0000 2685', 'createDisputeProductNotReceived', DISPUTED],
  ['inquiry', '4000 0000 0000 1976', 'createDisputeInquiry', DISPUTED],
  ['several', '4000 0004 0400 0079', 'createMultipleDisputes', DISPUTED],
  ['compelling-evidence', '4000 0004 0400 0038', 'createCe3EligibleDispute', DISPUTED],
  ['compliance', '4000 0084 0000 0779', 'createComplianceDispute', DISPUTED],
  [
    'early-fraud-warning',
    '4000 0000 0000 5423',
    'createIssuerFraudRecord',
    {
      kind: 'has_a_sequel',
      after: 'time',
      acts: [],
      passes: ['radar.early_fraud_warning.created'],
    },
  ],
])

/** Source: https://docs.stripe.com/testing#refunds */
const refunds = rows('CARD-20', 'refunds', [
  [
    'pending',
    '4000 0000 0000 7726',
    'pendingRefund',
    {
      kind: 'has_a_sequel',
      after: 'refund',
      acts: ['charge.refunded', 'refund.updated'],
      passes: ['refund.created'],
    },
  ],
  [
    'failing',
    '4000 0000 0000 5126',
    'refundFail',
    {
      kind: 'has_a_sequel',
      after: 'refund',
      acts: ['charge.refunded', 'refund.failed'],
      passes: ['refund.created'],
    },
  ],
])

/** Source: https://docs.stripe.com/testing#available-balance */
const balance = rows('CARD-21', 'balance', [
  ['available-at-once', '4000 0000 0000 0077', 'bypassPending', SUCCEEDS],
  [
    'available-at-once-abroad',
    '4000 0037 2000 0278',
    'bypassPendingInternational',
    SUCCEEDS,
  ],
])

export const cardTable: readonly CardRow[] = [
  ...brands,
  ...declines,
  ...threeDSecure,
  ...radar,
  ...disputes,
  ...refunds,
  ...balance,
]

/** The ids of the checks of the rows with one of these outcomes. */
export function cardChecksWith(
  ...kinds: readonly CardOutcome['kind'][]
): readonly string[] {
  return cardTable
    .filter(({ outcome }) => kinds.includes(outcome.kind))
    .map(({ id }) => `cards.${id}`)
}
