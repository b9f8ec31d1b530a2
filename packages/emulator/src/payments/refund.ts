// Source: https://docs.stripe.com/refunds and https://docs.stripe.com/testing#refunds. When
// a refund goes on to succeed or fail, and which events go with refund.updated and
// refund.failed, is unverified against Stripe.

import { invalidRequest } from '../api/stripe-error.ts'
import { priceText } from '../billing/amounts.ts'
import type { Account } from '../state/account.ts'
import { change } from '../state/change.ts'
import { type Context, contextOfTime, emit, emitChange } from '../state/context.ts'
import { addBalanceTransaction } from './balance-transaction.ts'
import type { Charge } from './charge-object.ts'
import { settleEarlyFraudWarnings } from './early-fraud-warning.ts'
import type { Refund } from './refund-object.ts'

/** How long a refund of the asynchronous test cards takes, in seconds. */
const DECIDED_AFTER_S = 60

export interface NewRefund {
  /** In the currency's smallest unit. */
  readonly amount: number
  readonly reason: string | null
  readonly metadata: Readonly<Record<string, string>>
}

/** @throws StripeError 400: nothing, or not so much, is left to refund */
export function checkRefundable(
  { disputes }: Account,
  charge: Charge,
  amount: number | undefined,
): number {
  const left = charge.amount_captured - charge.amount_refunded
  const { id, currency } = charge
  if (charge.status === 'failed' || !charge.captured) {
    throw invalidRequest(
      charge.status === 'failed'
        ? `Charge ${id} has failed, so it cannot be refunded.`
        : `Charge ${id} has not been captured. Cancel its PaymentIntent to release it.`,
      { code: 'charge_not_refundable', param: 'charge' },
    )
  }
  if (charge.refunded || left === 0) {
    throw invalidRequest(`Charge ${id} has already been refunded.`, {
      code: 'charge_already_refunded',
    })
  }
  if (disputes.where('charge', id).some((dispute) => !dispute.is_charge_refundable)) {
    throw invalidRequest(`Charge ${id} has been charged back; cannot issue a refund.`, {
      code: 'charge_disputed',
    })
  }
  if (amount === undefined) return left
  if (amount < 1) {
    throw invalidRequest('Invalid positive integer', {
      code: 'parameter_invalid_integer',
      param: 'amount',
    })
  }
  if (amount <= left) return amount
  const asked = priceText(amount, currency)
  throw invalidRequest(
    charge.amount_refunded === 0
      ? `Refund amount (${asked}) is greater than charge amount (${priceText(left, currency)})`
      : `Refund amount (${asked}) is greater than unrefunded amount on charge (${priceText(left, currency)})`,
    { param: 'amount' },
  )
}

/** Refunds a charge. What it costs has been checked. */
export function addRefund(
  context: Context,
  charge: Charge,
  { amount, reason, metadata }: NewRefund,
): Refund {
  const { account, timeline } = context
  const behaviour = account.cardsOnFile.get(charge.payment_method)?.card.refund
  const isPending = behaviour === 'is_pending'
  const id = account.newId('re')
  const refund: Refund = account.refunds.add({
    id,
    object: 'refund',
    amount,
    balance_transaction: addBalanceTransaction(context, {
      kind: 'refund',
      amount: -amount,
      currency: charge.currency,
      source: id,
      description: 'REFUND FOR CHARGE',
      isAvailable: true,
    }).id,
    charge: charge.id,
    created: timeline.now(),
    currency: charge.currency,
    customer: charge.customer,
    customer_account: null,
    destination_details: {
      card: {
        reference_status: 'pending',
        reference_type: 'acquirer_reference_number',
        type: 'refund',
      },
      type: 'card',
    },
    metadata,
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    ...(isPending && { pending_reason: 'processing' }),
    reason,
    receipt_number: null,
    source_transfer_reversal: null,
    status: isPending ? 'pending' : 'succeeded',
    transfer_reversal: null,
  })
  charge.amount_refunded += amount
  charge.refunded = charge.amount_refunded === charge.amount_captured
  emit(context, 'refund.created', refund)
  emit(context, 'charge.refunded', charge)
  if (charge.refunded) settleEarlyFraudWarnings(context, charge)
  if (behaviour !== undefined) {
    timeline.schedule(timeline.now() + DECIDED_AFTER_S, () => {
      const later = contextOfTime(account, charge.customer)
      if (isPending) succeed(later, refund)
      else fail(later, refund, charge)
    })
  }
  return refund
}

function succeed(context: Context, refund: Refund): void {
  const { pending_reason } = refund
  delete refund.pending_reason
  const previous = change<Refund>(refund, { status: 'succeeded' })
  tell(context, refund, { pending_reason, ...previous })
}

/** The money comes back, and the charge counts as not refunded. */
function fail(context: Context, refund: Refund, charge: Charge): void {
  const previous = change<Refund>(refund, {
    status: 'failed',
    failure_reason: 'unknown',
    failure_balance_transaction: addBalanceTransaction(context, {
      kind: 'refund_failure',
      amount: refund.amount,
      currency: refund.currency,
      source: refund.id,
      description: 'REFUND FAILURE',
      isAvailable: true,
    }).id,
  })
  tell(context, refund, previous)
  emit(context, 'refund.failed', refund)
  const restored = change<Charge>(charge, {
    amount_refunded: charge.amount_refunded - refund.amount,
    refunded: false,
  })
  emitChange(context, 'charge.updated', charge, restored)
}

/** A refund's change is told twice: the older event has the same object. */
export function tell(
  context: Context,
  refund: Refund,
  previous: Readonly<Record<string, unknown>> | undefined,
): void {
  emitChange(context, 'refund.updated', refund, previous)
  emitChange(context, 'charge.refund.updated', refund, previous)
}
