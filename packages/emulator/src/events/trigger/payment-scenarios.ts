import type { Scenario } from './scenario.ts'
import { advance, CHANGE, customer, customerOnClock, payment } from './steps.ts'

const DAY = 86_400
const paid: Scenario = [payment('pm_card_visa')]
const declined: Scenario = [
  { ...payment('pm_card_visa_chargeDeclined'), isDeclined: true },
]
const unconfirmed: Scenario = [
  {
    call: 'POST /v1/payment_intents',
    params: { amount: 2_000, currency: 'eur', payment_method: 'pm_card_visa' },
    as: 'intent',
  },
]
const authorized: Scenario = [payment('pm_card_visa', { capture_method: 'manual' })]
const captured: Scenario = [
  ...authorized,
  { call: 'POST /v1/payment_intents/{intent.id}/capture' },
]
const refunded: Scenario = [
  ...paid,
  {
    call: 'POST /v1/refunds',
    params: { payment_intent: '{intent.id}' },
    as: 'refund',
  },
]
const refundUpdated: Scenario = [
  ...refunded,
  { call: 'POST /v1/refunds/{refund.id}', params: CHANGE },
]
const refundFailed: Scenario = [
  ...customerOnClock,
  payment('pm_card_refundFail', { customer: '{customer.id}' }),
  { call: 'POST /v1/refunds', params: { payment_intent: '{intent.id}' } },
  ...advance(DAY),
]
const disputed: Scenario = [
  ...customerOnClock,
  payment('pm_card_createDispute', { customer: '{customer.id}' }),
  ...advance(DAY),
  {
    call: 'GET /v1/disputes?payment_intent={intent.id}',
    as: 'disputes',
  },
]
const dispute = '{disputes.data.0.id}'
const disputeClosed: Scenario = [
  ...disputed,
  { call: `POST /v1/disputes/${dispute}/close` },
]

const warned: Scenario = [
  ...customerOnClock,
  payment('pm_card_createIssuerFraudRecord', { customer: '{customer.id}' }),
  ...advance(DAY),
]

function setup(card: string, isDeclined = false): Scenario {
  return [
    {
      call: 'POST /v1/setup_intents',
      params: {
        confirm: true,
        payment_method: card,
        automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
      },
      as: 'setup',
      isDeclined,
    },
  ]
}

const attached: Scenario = [
  customer,
  {
    call: 'POST /v1/payment_methods/pm_card_visa/attach',
    params: { customer: '{customer.id}' },
    as: 'card',
  },
]

/** Payments, set-ups, cards and what becomes of them. */
export const paymentScenarios: Readonly<Record<string, Scenario>> = {
  'charge.captured': captured,
  'charge.dispute.closed': disputeClosed,
  'charge.dispute.created': disputed,
  'charge.dispute.funds_reinstated': [
    ...disputed,
    {
      call: `POST /v1/disputes/${dispute}`,
      params: { evidence: { uncategorized_text: 'winning_evidence' }, submit: true },
    },
    ...advance(2 * DAY),
  ],
  'charge.dispute.funds_withdrawn': disputed,
  'charge.dispute.updated': [
    ...disputed,
    { call: `POST /v1/disputes/${dispute}`, params: CHANGE },
  ],
  'charge.expired': [
    ...customerOnClock,
    payment('pm_card_visa', { capture_method: 'manual', customer: '{customer.id}' }),
    ...advance(8 * DAY),
  ],
  'charge.failed': declined,
  'charge.refund.updated': refundUpdated,
  'charge.refunded': refunded,
  'charge.succeeded': paid,
  'charge.updated': [
    ...paid,
    { call: 'POST /v1/charges/{intent.latest_charge}', params: CHANGE },
  ],
  'payment_intent.amount_capturable_updated': authorized,
  'payment_intent.canceled': [
    ...unconfirmed,
    { call: 'POST /v1/payment_intents/{intent.id}/cancel' },
  ],
  'payment_intent.created': unconfirmed,
  'payment_intent.payment_failed': declined,
  'payment_intent.requires_action': [payment('pm_card_authenticationRequired')],
  'payment_intent.succeeded': paid,
  'payment_method.attached': attached,
  'payment_method.detached': [
    ...attached,
    { call: 'POST /v1/payment_methods/{card.id}/detach' },
  ],
  'payment_method.updated': [
    ...attached,
    {
      call: 'POST /v1/payment_methods/{card.id}',
      params: { billing_details: { name: 'Jenny Rosen' } },
    },
  ],
  'radar.early_fraud_warning.created': warned,
  'refund.created': refunded,
  'refund.failed': refundFailed,
  'refund.updated': refundUpdated,
  'setup_intent.canceled': [
    { call: 'POST /v1/setup_intents', as: 'setup' },
    { call: 'POST /v1/setup_intents/{setup.id}/cancel' },
  ],
  'setup_intent.created': [{ call: 'POST /v1/setup_intents' }],
  'setup_intent.requires_action': setup('pm_card_authenticationRequired'),
  'setup_intent.setup_failed': setup('pm_card_visa_chargeDeclined', true),
  'setup_intent.succeeded': setup('pm_card_visa'),
}
