/** Why a card is declined. Source: https://docs.stripe.com/declines/codes */
export interface Decline {
  readonly code: string
  /** `null` for codes that say it all, such as `expired_card`. */
  readonly declineCode: string | null
  readonly message: string
  readonly adviceCode: string
  /** What the network answered; `null` when it was not asked. */
  readonly networkDeclineCode: string | null
}

/** How a card declines. */
export interface CardDecline {
  readonly reason: Decline
  /** Whether it can be attached and set up all the same, and is declined when it is charged. */
  readonly isForChargesOnly?: true
  /** Without a CVC there is nothing to be wrong with. */
  readonly needsCvc?: true
}

/**
 * When a card asks for 3D Secure. A card without such a rule is not enrolled: it never does.
 *
 * Source: https://docs.stripe.com/testing#three-d-secure
 */
export interface ThreeDSecureRule {
  readonly onSession: 'asks' | 'asks_when_requested'
  readonly offSession: 'needs_authentication' | 'needs_set_up' | 'passes'
  /** Set up for off-session payments before anybody did. */
  readonly isSetUp?: true
  /** What becomes of a payment whose 3D Secure cannot be carried out. */
  readonly onLookupError?: 'decline' | 'go_on'
  /** It is authenticated without asking its holder. */
  readonly isFrictionless?: true
}

/** What Radar thinks of a payment. Source: https://docs.stripe.com/radar/risk-evaluation */
export interface Risk {
  readonly level: 'normal' | 'elevated' | 'highest'
  /** 0 to 100. */
  readonly score: number
  readonly isBlocked: boolean
}

type CheckResult = 'pass' | 'fail' | 'unavailable'

/** What the checks say of what was given; those that are not named pass. */
export interface CheckResults {
  readonly cvc?: CheckResult
  readonly postalCode?: CheckResult
  readonly line1?: CheckResult
}

/** A dispute that a charge gets. Source: https://docs.stripe.com/testing#disputes */
export interface DisputeKind {
  readonly reason: string
  readonly caseType: 'chargeback' | 'compliance' | 'inquiry'
  readonly networkReasonCode: string
  readonly enhancedEligibility?:
    | 'mastercard_compliance'
    | 'visa_compelling_evidence_3'
    | 'visa_compliance'
}

/** A test card, and what it does. What is left out, it does as any good card. */
export interface Card {
  readonly number: string
  /** The part of `pm_card_…` and `tok_…` that names the card. */
  readonly aliases: readonly string[]
  readonly brand: string
  readonly funding: 'credit' | 'debit' | 'prepaid'
  /** Two letters. */
  readonly country: string
  /** Stripe gives no number for it: it is known by `tok_…` alone. */
  readonly isTokenOnly?: true
  readonly networks?: readonly string[]
  readonly decline?: CardDecline
  readonly threeDSecure?: ThreeDSecureRule
  readonly isThreeDSecureUnsupported?: true
  readonly risk?: Risk
  readonly checks?: CheckResults
  /** What its charges are disputed with. */
  readonly disputes?: readonly DisputeKind[]
  readonly getsEarlyFraudWarning?: true
  /** What its refunds do; those of other cards succeed at once. */
  readonly refund?: 'is_pending' | 'fails'
  /** Its payments are available at once. */
  readonly bypassesPending?: true
}
