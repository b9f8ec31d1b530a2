import type { Decline } from '../cards/card.ts'
import { NORMAL_RISK } from '../cards/radar-cards.ts'
import { change } from '../state/change.ts'
import { type Context, contextOfTime, emitChange } from '../state/context.ts'
import { addBalanceTransaction } from './balance-transaction.ts'
import { checkCard } from './card-checks.ts'
import type { Charge } from './charge-object.ts'
import { outcomeOf } from './charge-outcome.ts'
import type { PaymentIntent } from './payment-intent-object.ts'
import type { PaymentMethod } from './payment-method-object.ts'
import { type ThreeDSecureResult, threeDSecureDetails } from './three-d-secure.ts'

/** How long an uncaptured payment is held, in seconds. Source: https://docs.stripe.com/payments/place-a-hold-on-a-payment-method */
export const HOLD_S: number = 7 * 86_400

/** How soon after a payment its balance transaction is there, in seconds (unverified against Stripe). */
const BALANCE_AFTER_S = 1

export interface ChargeAttempt {
  readonly decline?: Decline
  readonly threeDSecure: ThreeDSecureResult | null
}

/** Records one attempt to charge the card of a payment intent. */
export function addCharge(
  { account, timeline }: Context,
  intent: PaymentIntent,
  paymentMethod: PaymentMethod,
  { decline, threeDSecure }: ChargeAttempt,
): Charge {
  const succeeded = decline === undefined
  const captured = succeeded && intent.capture_method !== 'manual'
  const risk = account.cardsOnFile.get(paymentMethod.id)?.card.risk ?? NORMAL_RISK
  checkCard(account, paymentMethod)
  const id = account.newId('ch')
  const now = timeline.now()
  return account.charges.add({
    id,
    object: 'charge',
    amount: intent.amount,
    amount_captured: captured ? intent.amount : 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: intent.application_fee_amount,
    balance_transaction: null,
    billing_details: paymentMethod.billing_details,
    calculated_statement_descriptor: succeeded ? descriptorOf(intent) : null,
    captured,
    created: now,
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: decline?.code ?? null,
    failure_message: decline?.message ?? null,
    fraud_details: {},
    livemode: false,
    metadata: { ...intent.metadata },
    on_behalf_of: intent.on_behalf_of,
    outcome: outcomeOf(decline, risk),
    paid: succeeded,
    payment_intent: intent.id,
    payment_method: paymentMethod.id,
    payment_method_details: {
      card: {
        ...cardDetails(paymentMethod),
        ...authorizationDetails(intent),
        amount_authorized: succeeded ? intent.amount : null,
        authorization_code: succeeded
          ? digits(account.world.random.below(1_000_000))
          : null,
        ...(succeeded && !captured && { capture_before: now + HOLD_S }),
        three_d_secure: threeDSecureDetails(
          account,
          threeDSecure,
          account.cardsOnFile.get(paymentMethod.id)?.card.threeDSecure?.isFrictionless ??
            false,
        ),
      },
      type: 'card',
    },
    radar_options: {},
    receipt_email: intent.receipt_email,
    receipt_number: null,
    receipt_url: succeeded ? `${account.world.url}/receipts/${id}` : null,
    refunded: false,
    review: null,
    shipping: intent.shipping,
    source: null,
    source_transfer: null,
    statement_descriptor: intent.statement_descriptor,
    statement_descriptor_suffix: intent.statement_descriptor_suffix,
    status: succeeded ? 'succeeded' : 'failed',
    transfer_data: intent.transfer_data,
    transfer_group: intent.transfer_group,
  })
}

/** What a charge, and a setup attempt, tells of its card. */
export function cardDetails({ card }: PaymentMethod): Record<string, unknown> {
  const { brand, checks, country, exp_month, exp_year, fingerprint, funding, last4 } =
    card
  return {
    brand,
    checks,
    country,
    exp_month,
    exp_year,
    fingerprint,
    funding,
    last4,
    network: brand,
    wallet: null,
  }
}

/** What a charge alone tells of its card. */
function authorizationDetails({ amount }: PaymentIntent): Record<string, unknown> {
  return {
    electronic_commerce_indicator: null,
    extended_authorization: { status: 'disabled' },
    incremental_authorization: { status: 'unavailable' },
    installments: null,
    mandate: null,
    multicapture: { status: 'unavailable' },
    network_token: { used: false },
    network_transaction_id: null,
    overcapture: { maximum_amount_capturable: amount, status: 'unavailable' },
    regulated_status: 'unregulated',
    transaction_link_id: null,
  }
}

/**
 * Gives a captured charge its balance transaction: at once when it was asked to be captured
 * synchronously, otherwise later, told by `charge.updated`.
 *
 * Source: https://docs.stripe.com/payments/payment-intents/asynchronous-capture
 */
export function settle(context: Context, charge: Charge, captureMethod: string): void {
  if (captureMethod === 'automatic') {
    charge.balance_transaction = transactionOf(context, charge)
    return
  }
  const { account, timeline } = context
  timeline.schedule(timeline.now() + BALANCE_AFTER_S, () => {
    const later = contextOfTime(account, charge.customer)
    const balance_transaction = transactionOf(later, charge)
    emitChange(later, 'charge.updated', charge, change(charge, { balance_transaction }))
  })
}

function transactionOf(context: Context, charge: Charge): string {
  const { account } = context
  const { id, amount_captured, currency, description, payment_method } = charge
  return addBalanceTransaction(context, {
    kind: 'charge',
    amount: amount_captured,
    currency,
    source: id,
    description,
    isAvailable: account.cardsOnFile.get(payment_method)?.card.bypassesPending ?? false,
  }).id
}

/** What the buyer reads on a statement. Source: https://docs.stripe.com/get-started/account/statement-descriptors#dynamic */
function descriptorOf({ statement_descriptor_suffix: suffix }: PaymentIntent): string {
  const descriptor = suffix === null ? 'EMULATOR' : `EMULATOR* ${suffix.toUpperCase()}`
  return descriptor.slice(0, 22)
}

function digits(number: number): string {
  return String(number).padStart(6, '0')
}
