import type { Scenario } from './scenario.ts'
import {
  advance,
  CHANGE,
  cardOnFile,
  customer,
  customerOnClock,
  price,
  product,
  subscription,
} from './steps.ts'

const DAY = 86_400
const terms: Scenario = [customer, ...cardOnFile('pm_card_visa'), product, price]
const termsOnClock: Scenario = [
  ...customerOnClock,
  ...cardOnFile('pm_card_visa'),
  product,
  price,
]
const active: Scenario = [...terms, subscription()]
const clock: Scenario = [
  {
    call: 'POST /v1/test_helpers/test_clocks',
    params: { frozen_time: 1_767_225_600 },
    as: 'clock',
  },
]
const paused: Scenario = [
  ...customerOnClock,
  product,
  price,
  subscription({
    trial_period_days: 1,
    trial_settings: { end_behavior: { missing_payment_method: 'pause' } },
  }),
  ...advance(DAY + 3_600),
]

/** An update that waits for a payment that has failed. */
const pending: Scenario = [
  ...termsOnClock,
  subscription(),
  ...cardOnFile('pm_card_chargeCustomerFail'),
  {
    call: 'POST /v1/subscriptions/{subscription.id}',
    params: {
      items: [{ id: '{subscription.items.data.0.id}', quantity: 2 }],
      payment_behavior: 'pending_if_incomplete',
      proration_behavior: 'always_invoice',
    },
    as: 'subscription',
  },
]

/** Subscriptions, and test clocks. */
export const subscriptionScenarios: Readonly<Record<string, Scenario>> = {
  'customer.subscription.created': active,
  'customer.subscription.deleted': [
    ...active,
    { call: 'DELETE /v1/subscriptions/{subscription.id}' },
  ],
  'customer.subscription.paused': paused,
  'customer.subscription.pending_update_applied': [
    ...pending,
    ...cardOnFile('pm_card_visa'),
    { call: 'POST /v1/invoices/{subscription.latest_invoice}/pay' },
  ],
  'customer.subscription.pending_update_expired': [...pending, ...advance(DAY)],
  'customer.subscription.resumed': [
    ...paused,
    ...cardOnFile('pm_card_visa'),
    { call: 'POST /v1/subscriptions/{subscription.id}/resume' },
  ],
  'customer.subscription.trial_will_end': [
    ...termsOnClock,
    subscription({ trial_period_days: 7 }),
    ...advance(5 * DAY),
  ],
  'customer.subscription.updated': [
    ...active,
    { call: 'POST /v1/subscriptions/{subscription.id}', params: CHANGE },
  ],
  'invoice.payment_action_required': [
    customer,
    ...cardOnFile('pm_card_authenticationRequired'),
    product,
    price,
    subscription({ payment_behavior: 'allow_incomplete' }),
  ],
  'invoice.upcoming': [...termsOnClock, subscription(), ...advance(29 * DAY)],
  'test_helpers.test_clock.advancing': [...clock, ...advance(DAY)],
  'test_helpers.test_clock.created': clock,
  'test_helpers.test_clock.deleted': [
    ...clock,
    { call: 'DELETE /v1/test_helpers/test_clocks/{clock.id}' },
  ],
  'test_helpers.test_clock.ready': [...clock, ...advance(DAY)],
}
