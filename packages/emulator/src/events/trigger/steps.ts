import type { Scenario, Step, StepParams } from './scenario.ts'

export const CHANGE: StepParams = { metadata: { order: '6735' } }

export const customer: Step = {
  call: 'POST /v1/customers',
  params: { email: 'jenny.rosen@example.com', name: 'Jenny Rosen' },
  as: 'customer',
}

export const product: Step = {
  call: 'POST /v1/products',
  params: { name: 'Gold plan' },
  as: 'product',
}

export const price: Step = {
  call: 'POST /v1/prices',
  params: {
    product: '{product.id}',
    currency: 'eur',
    unit_amount: 2_000,
    recurring: { interval: 'month' },
  },
  as: 'price',
}

/** A test clock, and a customer who lives on it. */
export const customerOnClock: Scenario = [
  {
    call: 'POST /v1/test_helpers/test_clocks',
    params: { frozen_time: 1_767_225_600 },
    as: 'clock',
  },
  { ...customer, params: { ...customer.params, test_clock: '{clock.id}' } },
]

/** Moves the test clock to a time, in seconds after its beginning. */
export function advance(seconds: number): Scenario {
  return [
    {
      call: 'POST /v1/test_helpers/test_clocks/{clock.id}/advance',
      params: { frozen_time: 1_767_225_600 + seconds },
    },
    { call: 'GET /v1/test_helpers/test_clocks/{clock.id}', until: 'ready' },
  ]
}

/** Makes a card the one that the customer's invoices are paid with. @param card As in `pm_card_visa`. */
export function cardOnFile(card: string): Scenario {
  return [
    {
      call: `POST /v1/payment_methods/${card}/attach`,
      params: { customer: '{customer.id}' },
      as: 'card',
    },
    {
      call: 'POST /v1/customers/{customer.id}',
      params: { invoice_settings: { default_payment_method: '{card.id}' } },
    },
  ]
}

/** @param params More parameters, or other ones. */
export function payment(card: string, params: StepParams = {}): Step {
  return {
    call: 'POST /v1/payment_intents',
    params: {
      amount: 2_000,
      currency: 'eur',
      confirm: true,
      payment_method: card,
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
      ...params,
    },
    as: 'intent',
  }
}

/** @param params More parameters, or other ones. */
export function subscription(params: StepParams = {}): Step {
  return {
    call: 'POST /v1/subscriptions',
    params: { customer: '{customer.id}', items: [{ price: '{price.id}' }], ...params },
    as: 'subscription',
  }
}
