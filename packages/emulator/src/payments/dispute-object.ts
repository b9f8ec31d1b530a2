import type { StripeObject } from '../state/collection.ts'
import type { BalanceTransaction } from './balance-transaction.ts'

export type DisputeStatus =
  | 'lost'
  | 'needs_response'
  | 'under_review'
  | 'warning_closed'
  | 'warning_needs_response'
  | 'warning_under_review'
  | 'won'

/** Source: https://docs.stripe.com/api/disputes/object */
export interface Dispute extends StripeObject {
  readonly object: 'dispute'
  /** In the currency's smallest unit. */
  readonly amount: number
  readonly charge: string
  readonly created: number
  readonly currency: string
  readonly enhanced_eligibility_types: readonly string[]
  readonly intended_submission_method: 'manual'
  readonly livemode: false
  readonly network_reason_code: string
  readonly payment_intent: string
  readonly reason: string
  balance_transactions: readonly BalanceTransaction[]
  evidence: Readonly<Record<string, unknown>>
  evidence_details: {
    /** Seconds since 1970-01-01 UTC. */
    readonly due_by: number
    readonly enhanced_eligibility: Readonly<Record<string, unknown>>
    readonly has_evidence: boolean
    readonly past_due: boolean
    readonly submission_count: number
    readonly submission_method: 'manual' | 'not_submitted'
  }
  is_charge_refundable: boolean
  metadata: Readonly<Record<string, string>>
  payment_method_details: unknown
  status: DisputeStatus
}
