import type { Decline } from '../cards/card-table.ts'
import type { Account } from '../state/account.ts'
import { newId } from '../state/ids.ts'
import type { Charge } from './charge-object.ts'
import type { PaymentIntent } from './payment-intent-object.ts'
import type { PaymentMethod } from './payment-method-object.ts'

/** Records one attempt to charge the card of a payment intent. */
export function addCharge(
  account: Account,
  intent: PaymentIntent,
  paymentMethod: PaymentMethod,
  { captured, decline }: { readonly captured: boolean; readonly decline?: Decline },
): Charge {
  const succeeded = decline === undefined
  return account.charges.add({
    id: newId('ch'),
    object: 'charge',
    amount: intent.amount,
    amount_captured: succeeded && captured ? intent.amount : 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: paymentMethod.billing_details,
    calculated_statement_descriptor: null,
    captured: succeeded && captured,
    created: account.now(),
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
    on_behalf_of: null,
    outcome: outcomeOf(decline),
    paid: succeeded,
    payment_intent: intent.id,
    payment_method: paymentMethod.id,
    payment_method_details: { card: cardDetails(paymentMethod), type: 'card' },
    receipt_email: intent.receipt_email,
    receipt_number: null,
    receipt_url: null,
    refunded: false,
    review: null,
    shipping: intent.shipping,
    source: null,
    source_transfer: null,
    statement_descriptor: intent.statement_descriptor,
    statement_descriptor_suffix: intent.statement_descriptor_suffix,
    status: succeeded ? 'succeeded' : 'failed',
    transfer_data: null,
    transfer_group: intent.transfer_group,
  })
}

/** Source: https://docs.stripe.com/api/charges/object#charge_object-outcome */
function outcomeOf(decline: Decline | undefined): unknown {
  return {
    advice_code: decline?.adviceCode ?? null,
    network_advice_code: null,
    network_decline_code: decline?.networkDeclineCode ?? null,
    network_status: decline === undefined ? 'approved_by_network' : 'declined_by_network',
    reason: decline?.declineCode ?? null,
    risk_level: 'normal',
    seller_message:
      decline === undefined
        ? 'Payment complete.'
        : 'The bank did not return any further details with this decline.',
    type: decline === undefined ? 'authorized' : 'issuer_declined',
  }
}

function cardDetails({ card }: PaymentMethod): unknown {
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
    installments: null,
    last4,
    mandate: null,
    network: brand,
    three_d_secure: null,
    wallet: null,
  }
}
