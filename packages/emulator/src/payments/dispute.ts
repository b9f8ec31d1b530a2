// What becomes of a dispute. Source: https://docs.stripe.com/disputes/how-disputes-work and
// https://docs.stripe.com/testing#disputes. When its steps follow each other, and whether a
// bank closes it at the due date, is unverified against Stripe.
import type { DisputeKind } from '../cards/card.ts'
import { changeOf, type PreviousAttributes } from '../state/change.ts'
import { type Context, contextOfTime, emit, emitChange } from '../state/context.ts'
import { addBalanceTransaction } from './balance-transaction.ts'
import type { Charge } from './charge-object.ts'
import { hasEvidence, NO_EVIDENCE } from './dispute-evidence.ts'
import type { Dispute, DisputeStatus } from './dispute-object.ts'
import { settleEarlyFraudWarnings } from './early-fraud-warning.ts'

const A_DAY = 86_400
/** How long evidence can be submitted: to the end of the ninth day. */
const DAYS_TO_RESPOND = 9
/** How long the bank takes to judge test evidence, in seconds. */
const JUDGED_AFTER_S = 1

/** Disputes a charge; unless it is an inquiry, the money is taken back at once. */
export function openDispute(
  context: Context,
  charge: Charge,
  kind: DisputeKind,
  amount: number,
): Dispute {
  const { account, timeline } = context
  const now = timeline.now()
  const isInquiry = kind.caseType === 'inquiry'
  const due_by = (Math.floor(now / A_DAY) + DAYS_TO_RESPOND + 1) * A_DAY - 1
  const dispute: Dispute = account.disputes.add({
    id: account.newId('du'),
    object: 'dispute',
    amount,
    balance_transactions: [],
    charge: charge.id,
    created: now,
    currency: charge.currency,
    enhanced_eligibility_types: kind.enhancedEligibility
      ? [kind.enhancedEligibility]
      : [],
    evidence: NO_EVIDENCE,
    evidence_details: {
      due_by,
      enhanced_eligibility: eligibilityOf(kind),
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: 'not_submitted',
    },
    intended_submission_method: 'manual',
    is_charge_refundable: isInquiry,
    livemode: false,
    metadata: {},
    network_reason_code: kind.networkReasonCode,
    payment_intent: charge.payment_intent,
    payment_method_details: detailsOf(
      account.paymentMethods.find(charge.payment_method)?.card.brand,
      kind,
    ),
    reason: kind.reason,
    status: isInquiry ? 'warning_needs_response' : 'needs_response',
  })
  charge.disputed = true
  if (!isInquiry) takeFunds(context, dispute)
  emit(context, 'charge.dispute.created', dispute)
  if (!isInquiry) emit(context, 'charge.dispute.funds_withdrawn', dispute)
  settleEarlyFraudWarnings(context, charge)
  timeline.schedule(due_by, () => {
    if (isAnswerable(dispute)) expire(contextOfTime(account, charge.customer), dispute)
  })
  return dispute
}

/** Whether evidence can still be submitted. */
export function isAnswerable({ status }: Dispute): boolean {
  return status === 'needs_response' || status === 'warning_needs_response'
}

/** Hands the evidence to the bank. What its text says decides what comes of it. */
export function submitEvidence(context: Context, dispute: Dispute): void {
  const { account, timeline } = context
  dispute.status =
    dispute.status === 'needs_response' ? 'under_review' : 'warning_under_review'
  dispute.evidence_details = {
    ...dispute.evidence_details,
    has_evidence: hasEvidence(dispute.evidence),
    submission_count: dispute.evidence_details.submission_count + 1,
    submission_method: 'manual',
  }
  const verdict = dispute.evidence.uncategorized_text
  if (!isVerdict(verdict)) return
  const customer = account.charges.get(dispute.charge).customer
  timeline.schedule(timeline.now() + JUDGED_AFTER_S, () => {
    verdicts[verdict](contextOfTime(account, customer), dispute)
  })
}

const verdicts = {
  winning_evidence: (context: Context, dispute: Dispute) => {
    end(context, dispute, isInquiry(dispute) ? 'warning_closed' : 'won')
  },
  losing_evidence: (context: Context, dispute: Dispute) => {
    end(context, dispute, isInquiry(dispute) ? 'warning_closed' : 'lost')
  },
  escalate_inquiry_evidence: (context: Context, dispute: Dispute) => {
    if (isInquiry(dispute)) escalate(context, dispute)
  },
}

function isVerdict(text: unknown): text is keyof typeof verdicts {
  return typeof text === 'string' && Object.hasOwn(verdicts, text)
}

/** Gives in: the dispute is lost, an inquiry is closed. */
export function concede(context: Context, dispute: Dispute): void {
  end(context, dispute, isInquiry(dispute) ? 'warning_closed' : 'lost')
}

function expire(context: Context, dispute: Dispute): void {
  const since = changeOf(dispute)
  dispute.evidence_details = { ...dispute.evidence_details, past_due: true }
  dispute.status = isInquiry(dispute) ? 'warning_closed' : 'lost'
  close(context, dispute, since.previousAttributes())
}

function isInquiry({ status }: Dispute): boolean {
  return status.startsWith('warning_')
}

/** An inquiry becomes a dispute, which evidence can be submitted for anew. */
function escalate(context: Context, dispute: Dispute): void {
  const since = changeOf(dispute)
  takeFunds(context, dispute)
  dispute.status = 'needs_response'
  dispute.is_charge_refundable = false
  emitChange(context, 'charge.dispute.updated', dispute, since.previousAttributes())
  emit(context, 'charge.dispute.funds_withdrawn', dispute)
}

function end(context: Context, dispute: Dispute, status: DisputeStatus): void {
  const since = changeOf(dispute)
  dispute.status = status
  if (status === 'won') {
    giveBackFunds(context, dispute)
    dispute.is_charge_refundable = true
  }
  close(context, dispute, since.previousAttributes())
}

function close(
  context: Context,
  dispute: Dispute,
  previous: PreviousAttributes | undefined,
): void {
  emitChange(context, 'charge.dispute.updated', dispute, previous)
  if (dispute.status === 'won') emit(context, 'charge.dispute.funds_reinstated', dispute)
  emit(context, 'charge.dispute.closed', dispute)
}

function takeFunds(context: Context, dispute: Dispute): void {
  move(context, dispute, 'dispute', -dispute.amount)
}

function giveBackFunds(context: Context, dispute: Dispute): void {
  move(context, dispute, 'dispute_reversal', dispute.amount)
}

function move(
  context: Context,
  dispute: Dispute,
  kind: 'dispute' | 'dispute_reversal',
  amount: number,
): void {
  const transaction = addBalanceTransaction(context, {
    kind,
    amount,
    currency: dispute.currency,
    source: dispute.id,
    description: `Chargeback ${kind === 'dispute' ? 'withdrawal' : 'reversal'} for ${dispute.charge}`,
    isAvailable: true,
  })
  dispute.balance_transactions = [...dispute.balance_transactions, transaction]
}

function detailsOf(brand: unknown, kind: DisputeKind): unknown {
  const { caseType, networkReasonCode } = kind
  return {
    card: {
      brand,
      case_type: caseType,
      network: brand,
      network_reason_code: networkReasonCode,
    },
    type: 'card',
  }
}

/** Source: https://docs.stripe.com/disputes/api/visa-ce3 and https://docs.stripe.com/disputes/api/visa-compliance */
function eligibilityOf({ enhancedEligibility }: DisputeKind): Record<string, unknown> {
  if (enhancedEligibility === undefined) return {}
  if (enhancedEligibility !== 'visa_compelling_evidence_3')
    return { [enhancedEligibility]: { status: 'requires_fee_acknowledgement' } }
  return {
    visa_compelling_evidence_3: {
      required_actions: [
        'missing_customer_identifiers',
        'missing_disputed_transaction_description',
        'missing_merchandise_or_services',
        'missing_prior_undisputed_transaction_description',
        'missing_prior_undisputed_transactions',
      ],
      status: 'requires_action',
    },
  }
}
