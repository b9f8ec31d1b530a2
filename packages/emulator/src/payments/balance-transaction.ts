// What moves the balance. Fees are those of Stripe's standard price in the US, 2.9 % and
// 30 of the smallest unit, in the payment's own currency (unverified against Stripe for any
// other account). Source: https://docs.stripe.com/reports/balance-transaction-types
import type { StripeObject } from '../state/collection.ts'
import type { Context } from '../state/context.ts'

/** Source: https://docs.stripe.com/api/balance_transactions/object */
export interface BalanceTransaction extends StripeObject {
  readonly object: 'balance_transaction'
  /** In the currency's smallest unit; below zero it leaves the balance. */
  readonly amount: number
  readonly available_on: number
  readonly balance_type: 'payments'
  readonly created: number
  readonly currency: string
  readonly description: string | null
  readonly exchange_rate: null
  readonly fee: number
  readonly fee_details: readonly unknown[]
  readonly net: number
  readonly reporting_category: string
  readonly source: string
  readonly status: 'available' | 'pending'
  readonly type: string
}

/** How long a payment is pending: two days, as in the US. */
const PENDING_S = 2 * 86_400
/** Source: https://docs.stripe.com/disputes/how-disputes-work#dispute-fees */
const DISPUTE_FEE = 1_500

export interface BalanceChange {
  /** In the currency's smallest unit; below zero it leaves the balance. */
  readonly amount: number
  readonly currency: string
  readonly source: string
  readonly description: string | null
  readonly kind: keyof typeof kinds
  /** Whether it is available at once. */
  readonly isAvailable?: boolean
}

const kinds = {
  charge: { type: 'charge', category: 'charge' },
  refund: { type: 'refund', category: 'refund' },
  refund_failure: { type: 'refund_failure', category: 'refund_failure' },
  dispute: { type: 'adjustment', category: 'dispute' },
  dispute_reversal: { type: 'adjustment', category: 'dispute_reversal' },
} as const

export function addBalanceTransaction(
  { account, timeline }: Context,
  { amount, currency, source, description, kind, isAvailable = false }: BalanceChange,
): BalanceTransaction {
  const { type, category } = kinds[kind]
  const fee = feeOf(kind, amount)
  const created = timeline.now()
  const available_on = isAvailable ? created : created + PENDING_S
  return account.balanceTransactions.add({
    id: account.newId('txn'),
    object: 'balance_transaction',
    amount,
    available_on,
    balance_type: 'payments',
    created,
    currency,
    description,
    exchange_rate: null,
    fee,
    fee_details:
      fee === 0
        ? []
        : [
            {
              amount: fee,
              application: null,
              currency,
              description: kind === 'charge' ? 'Stripe processing fees' : 'Dispute fee',
              type: 'stripe_fee',
            },
          ],
    net: amount - fee,
    reporting_category: category,
    source,
    get status() {
      return timeline.now() >= available_on ? 'available' : 'pending'
    },
    type,
  })
}

function feeOf(kind: BalanceChange['kind'], amount: number): number {
  if (kind === 'charge') return Math.round(amount * 0.029) + 30
  return kind === 'dispute' ? DISPUTE_FEE : 0
}
