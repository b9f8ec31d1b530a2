import Stripe from 'stripe'
import { describe, expect, it } from 'vitest'
import {
  cardByNumber,
  control,
  emulator,
  errorOf,
  eventTypes,
  payment,
  stripe,
} from '../emulator.test-setup.ts'

/** From a number, a `tok_…` or a `pm_card_…`. */
async function paymentMethod(card: string): Promise<string> {
  if (card.startsWith('pm_')) return card
  if (!card.startsWith('tok_')) return cardByNumber(card)
  const { id } = await stripe.paymentMethods.create({
    type: 'card',
    card: { token: card },
  })
  return id
}

async function pay(
  card: string,
  params: Partial<Stripe.PaymentIntentCreateParams> = {},
): Promise<Stripe.PaymentIntent> {
  return stripe.paymentIntents.create({
    ...payment,
    payment_method: await paymentMethod(card),
    expand: ['latest_charge'],
    ...params,
  })
}

function chargeOf({ latest_charge }: Stripe.PaymentIntent): Stripe.Charge {
  return latest_charge as Stripe.Charge
}

const succeeded = [
  'payment_intent.created',
  'charge.succeeded',
  'payment_intent.succeeded',
]
const failed = [
  'payment_intent.created',
  'charge.failed',
  'payment_intent.payment_failed',
]

describe('cards that succeed', () => {
  it.each([
    ['4242424242424242', 'pm_card_visa', 'visa', 'credit'],
    ['4000056655665556', 'pm_card_visa_debit', 'visa', 'debit'],
    ['5555555555554444', 'pm_card_mastercard', 'mastercard', 'credit'],
    ['2223003122003222', '2223003122003222', 'mastercard', 'credit'],
    ['5200828282828210', 'pm_card_mastercard_debit', 'mastercard', 'debit'],
    ['5105105105105100', 'pm_card_mastercard_prepaid', 'mastercard', 'prepaid'],
    ['378282246310005', 'pm_card_amex', 'amex', 'credit'],
    ['6011111111111117', 'pm_card_discover', 'discover', 'credit'],
    ['3056930009020004', 'pm_card_diners', 'diners', 'credit'],
    ['36227206271667', '36227206271667', 'diners', 'credit'],
    ['3566002020360505', 'pm_card_jcb', 'jcb', 'credit'],
    ['6200000000000005', 'pm_card_unionpay', 'unionpay', 'credit'],
    ['6205500000000000004', '6205500000000000004', 'unionpay', 'credit'],
    ['4000000760000002', 'pm_card_br', 'visa', 'credit'],
  ])('%s, %s', async (number, alias, brand, funding) => {
    for (const card of [number, alias, alias.replace('pm_card_', 'tok_')]) {
      const intent = await pay(card, { metadata: { user_id: 'u1' } })
      expect(intent).toMatchObject({
        status: 'succeeded',
        amount_received: 2_000,
        metadata: { user_id: 'u1' },
        next_action: null,
        last_payment_error: null,
      })
      expect(chargeOf(intent)).toMatchObject({
        status: 'succeeded',
        paid: true,
        captured: true,
        amount_captured: 2_000,
        outcome: {
          type: 'authorized',
          network_status: 'approved_by_network',
          risk_level: 'normal',
          reason: null,
        },
        payment_method_details: {
          card: {
            brand,
            funding,
            last4: number.slice(-4),
            three_d_secure: null,
            checks: { cvc_check: 'pass' },
          },
        },
      })
      expect((await eventTypes(intent.id)).slice(0, 3)).toEqual(succeeded)
    }
  })

  it('has its balance transaction a little later, told by charge.updated', async () => {
    const { id, latest_charge } = await pay('pm_card_visa')
    expect((latest_charge as Stripe.Charge).balance_transaction).toBeNull()
    await emulator.clock.advance(1)
    expect(await eventTypes(id)).toEqual([...succeeded, 'charge.updated'])
    const charge = await stripe.charges.retrieve((latest_charge as Stripe.Charge).id, {
      expand: ['balance_transaction'],
    })
    expect(charge.balance_transaction).toMatchObject({
      amount: 2_000,
      fee: 88,
      net: 1_912,
      source: charge.id,
      status: 'pending',
      type: 'charge',
    })
    const events = await stripe.events.list({ type: 'charge.updated', limit: 100 })
    const told = events.data.find(
      ({ data }) => (data.object as Stripe.Charge).id === charge.id,
    )
    expect(told?.data.previous_attributes).toEqual({ balance_transaction: null })
    expect(told?.request).toEqual({ id: null, idempotency_key: null })
  })

  it.each([
    ['4000000000000077', 'pm_card_bypassPending'],
    ['4000003720000278', 'pm_card_bypassPendingInternational'],
  ])('%s is available at once', async (number, alias) => {
    for (const card of [number, alias]) {
      const { id } = chargeOf(await pay(card, { capture_method: 'automatic' }))
      const charge = await stripe.charges.retrieve(id, {
        expand: ['balance_transaction'],
      })
      expect(charge.balance_transaction).toMatchObject({ status: 'available' })
    }
  })
})

/** §4.1 of the facts: code, decline code, message, advice. */
const declines = [
  [
    '4000000000000002',
    'visa_chargeDeclined',
    'card_declined',
    'generic_decline',
    'Your card was declined.',
    'try_again_later',
  ],
  [
    '4000000000009995',
    'visa_chargeDeclinedInsufficientFunds',
    'card_declined',
    'insufficient_funds',
    'Your card has insufficient funds.',
    'try_again_later',
  ],
  [
    '4000000000009987',
    'visa_chargeDeclinedLostCard',
    'card_declined',
    'lost_card',
    'Your card was declined.',
    'do_not_try_again',
  ],
  [
    '4000000000009979',
    'visa_chargeDeclinedStolenCard',
    'card_declined',
    'stolen_card',
    'Your card was declined.',
    'do_not_try_again',
  ],
  [
    '4000000000000069',
    'chargeDeclinedExpiredCard',
    'expired_card',
    undefined,
    'Your card has expired.',
    'do_not_try_again',
  ],
  [
    '4000000000000127',
    'chargeDeclinedIncorrectCvc',
    'incorrect_cvc',
    undefined,
    "Your card's security code is incorrect.",
    'confirm_card_data',
  ],
  [
    '4000000000000119',
    'chargeDeclinedProcessingError',
    'processing_error',
    undefined,
    'An error occurred while processing your card. Try again in a little bit.',
    'try_again_later',
  ],
  [
    '4000000000006975',
    'visa_chargeDeclinedVelocityLimitExceeded',
    'card_declined',
    'card_velocity_exceeded',
    'Your card was declined for making repeated attempts too frequently or exceeding its amount limit.',
    'try_again_later',
  ],
] as const

describe('cards that their issuer declines', () => {
  const rows = declines.flatMap(([number, alias, ...row]) =>
    [number, `pm_card_${alias}`, `tok_${alias}`].map((card) => [card, ...row] as const),
  )

  it.each(rows)(
    '%s is declined with %s, %s',
    async (card, code, declineCode, message, advice) => {
      const error = await errorOf(pay(card))
      expect(error).toBeInstanceOf(Stripe.errors.StripeCardError)
      expect(error).toMatchObject({
        statusCode: 402,
        code,
        message,
        advice_code: advice,
        doc_url: `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}`,
        payment_intent: { status: 'requires_payment_method' },
        payment_method: { object: 'payment_method' },
        charge: expect.stringMatching(/^ch_/),
        network_decline_code: expect.stringMatching(/^\w{2}$/),
      })
      expect(error.decline_code).toBe(declineCode ?? '')
      const { id } = error.payment_intent as Stripe.PaymentIntent
      const intent = await stripe.paymentIntents.retrieve(id, {
        expand: ['latest_charge'],
      })
      const charge = chargeOf(intent)
      expect(intent).toMatchObject({
        status: 'requires_payment_method',
        amount_received: 0,
        payment_method: null,
        last_payment_error: {
          type: 'card_error',
          code,
          message,
          advice_code: advice,
          charge: charge.id,
          payment_method: { object: 'payment_method' },
        },
      })
      expect(intent.last_payment_error?.decline_code).toBe(declineCode)
      expect(charge).toMatchObject({
        status: 'failed',
        paid: false,
        captured: false,
        failure_code: code,
        failure_message: message,
        outcome: {
          type: 'issuer_declined',
          network_status: 'declined_by_network',
          reason: declineCode ?? code,
        },
      })
      expect(await eventTypes(id)).toEqual(failed)
    },
  )

  it.each(rows)('%s cannot be attached', async (card, code, declineCode) => {
    const customer = (await stripe.customers.create()).id
    const id = await paymentMethod(card)
    const error = await errorOf(stripe.paymentMethods.attach(id, { customer }))
    expect(error).toMatchObject({ statusCode: 402, code })
    expect(error.decline_code).toBe(declineCode ?? '')
    expect((await stripe.customers.listPaymentMethods(customer)).data).toEqual([])
  })

  it('4000000000000127 fails the check of the CVC that is given', async () => {
    const error = await errorOf(pay('pm_card_chargeDeclinedIncorrectCvc'))
    const charge = await stripe.charges.retrieve(String(error.charge))
    expect(charge.payment_method_details?.card?.checks?.cvc_check).toBe('fail')
  })

  it('4000000000000127 passes when no CVC is given', async () => {
    const { id } = await stripe.paymentMethods.create({
      type: 'card',
      card: { number: '4000000000000127', exp_month: 12, exp_year: 2040 },
    })
    const intent = await pay(id)
    expect(intent.status).toBe('succeeded')
    expect(chargeOf(intent).payment_method_details?.card?.checks?.cvc_check).toBeNull()
  })

  it.each([
    ['4000000000000341', 'generic_decline'],
    ['pm_card_chargeCustomerFail', 'generic_decline'],
    ['tok_chargeCustomerFail', 'generic_decline'],
    ['tok_visa_chargeCustomerFail', 'generic_decline'],
    ['tok_visa_chargeCustomerFailLostCard', 'lost_card'],
    ['tok_visa_chargeCustomerFailStolenCard', 'stolen_card'],
  ])('%s is attached, and declined with %s later', async (card, declineCode) => {
    const customer = (await stripe.customers.create()).id
    const attached = await stripe.paymentMethods.attach(await paymentMethod(card), {
      customer,
    })
    for (const off_session of [false, true]) {
      const error = await errorOf(pay(attached.id, { customer, off_session }))
      expect(error).toMatchObject({
        statusCode: 402,
        code: 'card_declined',
        decline_code: declineCode,
      })
    }
    const still = await stripe.customers.retrievePaymentMethod(customer, attached.id)
    expect(still.customer).toBe(customer)
  })

  it.each([
    ['tok_visa_debit_chargeDeclinedInsufficientFunds', 'insufficient_funds'],
    ['tok_visa_chargeDeclinedFraudulent', 'fraudulent'],
  ])('%s is declined with %s, and is no pm_card_', async (token, declineCode) => {
    expect(await errorOf(pay(token))).toMatchObject({ decline_code: declineCode })
    const alias = token.replace('tok_', 'pm_card_')
    expect(await errorOf(pay(alias))).toMatchObject({ code: 'resource_missing' })
  })
})

describe('cards that cannot be right', () => {
  it.each([
    ['invalid_expiry_month', 'exp_month', { exp_month: 13 }],
    ['invalid_expiry_year', 'exp_year', { exp_year: 95 }],
    ['invalid_expiry_year', 'exp_year', { exp_year: 2020 }],
    ['invalid_cvc', 'cvc', { cvc: '99' }],
    ['incorrect_number', 'number', { number: '4242424242424241' }],
  ])('%s', async (code, param, wrong) => {
    const card = { number: '4242424242424242', exp_month: 12, exp_year: 34, cvc: '123' }
    const error = await errorOf(
      stripe.paymentMethods.create({ type: 'card', card: { ...card, ...wrong } }),
    )
    expect(error).toMatchObject({ statusCode: 402, rawType: 'card_error', code, param })
    const right = await stripe.paymentMethods.create({ type: 'card', card })
    expect(right.card).toMatchObject({ exp_month: 12, exp_year: 2034 })
  })

  it.each(['4000000000003063', '4111111111111111'])(
    '%s is not known, and refused rather than guessed',
    async (number) => {
      expect(await errorOf(cardByNumber(number))).toMatchObject({
        statusCode: 400,
        message: expect.stringContaining(number.slice(-4)),
      })
    },
  )
})

/** Ends the 3D Secure of an intent as its buyer would. */
async function authenticate(
  id: string,
  outcome: 'succeed' | 'fail',
): Promise<Stripe.PaymentIntent> {
  await control('authenticate', { payment_intent: id, outcome })
  return stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] })
}

/** §4.2 of the facts: on-session, off-session before a set-up, off-session after one. */
const threeDSecure = [
  [
    '4000002500003155',
    'authenticationRequiredOnSetup',
    'asks',
    'authentication_required',
    'passes',
  ],
  [
    '4000002760003184',
    'authenticationRequired',
    'asks',
    'authentication_required',
    'authentication_required',
  ],
  [
    '4000003800000446',
    'authenticationRequiredSetupForOffSession',
    'asks',
    'passes',
    'passes',
  ],
  [
    '4000008260003178',
    'authenticationRequiredChargeDeclinedInsufficientFunds',
    'asks',
    'authentication_required',
    'insufficient_funds',
  ],
  [
    '4000000000003220',
    'threeDSecure2Required',
    'asks',
    'authentication_required',
    'authentication_required',
  ],
  [
    '4000008400001629',
    'threeDSecureRequiredChargeDeclined',
    'asks',
    'authentication_required',
    'authentication_required',
  ],
  [
    '4000008400001280',
    'threeDSecureRequiredProcessingError',
    'generic_decline',
    'generic_decline',
    undefined,
  ],
  ['4000000000003055', 'threeDSecureOptional', 'passes', 'passes', 'passes'],
  [
    '4000000000003097',
    'threeDSecureOptionalProcessingError',
    'passes',
    'passes',
    'passes',
  ],
  ['378282246310005', 'amex_threeDSecureNotSupported', 'passes', 'passes', 'passes'],
] as const

describe('3D Secure', () => {
  const rows = threeDSecure.flatMap(([number, alias, ...row]) =>
    [number, `pm_card_${alias}`].map((card) => [card, ...row] as const),
  )

  /** What becomes of a payment: it passes, asks, or is declined with a code. */
  async function outcomeOf(paying: Promise<Stripe.PaymentIntent>): Promise<string> {
    return paying.then(
      ({ status }) => (status === 'requires_action' ? 'asks' : 'passes'),
      (error: Stripe.errors.StripeError) => error.decline_code ?? String(error.code),
    )
  }

  it.each(rows)(
    '%s: on-session %s, off-session %s, set up %s',
    async (card, onSession, offSession, setUp) => {
      expect(await outcomeOf(pay(card))).toBe(onSession)
      expect(await outcomeOf(pay(card, { off_session: true }))).toBe(offSession)
      if (setUp === undefined) return
      const customer = (await stripe.customers.create()).id
      const { id, status } = await stripe.setupIntents.create({
        customer,
        payment_method: await paymentMethod(card),
        confirm: true,
      })
      if (status === 'requires_action')
        await control('authenticate', { setup_intent: id, outcome: 'succeed' })
      const { payment_method } = await stripe.setupIntents.retrieve(id)
      const kept = String(payment_method)
      expect(await outcomeOf(pay(kept, { customer, off_session: true }))).toBe(setUp)
      expect(await outcomeOf(pay(kept, { customer }))).toBe(onSession)
    },
  )

  it.each(['pm_card_authenticationRequired', '4000002760003184'])(
    '%s asks, and stays so when it is abandoned',
    async (card) => {
      const intent = await pay(card)
      expect(intent).toMatchObject({
        status: 'requires_action',
        amount_received: 0,
        latest_charge: null,
        next_action: {
          type: 'use_stripe_sdk',
          use_stripe_sdk: { type: 'stripe_3ds2_fingerprint' },
        },
      })
      expect(await eventTypes(intent.id)).toEqual([
        'payment_intent.created',
        'payment_intent.requires_action',
      ])
    },
  )

  it('sends the buyer to a page when there is a way back', async () => {
    const return_url = 'https://example.com/back'
    const intent = await pay('pm_card_authenticationRequired', { return_url })
    expect(intent.next_action).toEqual({
      type: 'redirect_to_url',
      redirect_to_url: { return_url, url: `${emulator.url}/3ds/${intent.id}` },
    })
    const inApp = await pay('pm_card_authenticationRequired', {
      return_url,
      use_stripe_sdk: true,
    })
    expect(inApp.next_action?.type).toBe('use_stripe_sdk')
  })

  it('lets the payment succeed once it is authenticated', async () => {
    const { id } = await pay('pm_card_authenticationRequiredOnSetup')
    const intent = await authenticate(id, 'succeed')
    expect(intent).toMatchObject({
      status: 'succeeded',
      amount_received: 2_000,
      next_action: null,
    })
    expect(chargeOf(intent).payment_method_details?.card?.three_d_secure).toMatchObject({
      result: 'authenticated',
      authentication_flow: 'challenge',
      version: '2.2.0',
    })
    expect((await eventTypes(id)).slice(2, 4)).toEqual([
      'charge.succeeded',
      'payment_intent.succeeded',
    ])
  })

  it('needs another payment method when it fails', async () => {
    const { id } = await pay('pm_card_authenticationRequired')
    const intent = await authenticate(id, 'fail')
    expect(intent).toMatchObject({
      status: 'requires_payment_method',
      payment_method: null,
      next_action: null,
      last_payment_error: { code: 'payment_intent_authentication_failure' },
    })
    expect((await eventTypes(id)).slice(2)).toEqual(['payment_intent.payment_failed'])
    const retried = await stripe.paymentIntents.confirm(id, {
      payment_method: 'pm_card_visa',
    })
    expect(retried.status).toBe('succeeded')
  })

  it.each([
    ['4000008260003178', 'insufficient_funds'],
    ['4000008400001629', 'generic_decline'],
  ])('%s is declined with %s after it was authenticated', async (card, declineCode) => {
    const { id } = await pay(card)
    const intent = await authenticate(id, 'succeed')
    expect(intent).toMatchObject({
      status: 'requires_payment_method',
      last_payment_error: { code: 'card_declined', decline_code: declineCode },
    })
    expect((await eventTypes(id)).slice(2)).toEqual([
      'charge.failed',
      'payment_intent.payment_failed',
    ])
  })

  it('declines off-session what would have to be authenticated', async () => {
    const error = await errorOf(
      pay('pm_card_authenticationRequired', { off_session: true }),
    )
    expect(error).toMatchObject({
      statusCode: 402,
      code: 'authentication_required',
      message: 'Your card was declined. This transaction requires authentication.',
    })
    const { id } = error.payment_intent as Stripe.PaymentIntent
    expect(await eventTypes(id)).toEqual(failed)
  })

  it('sets a card up by a payment with setup_future_usage', async () => {
    const customer = (await stripe.customers.create()).id
    const first = await pay('pm_card_authenticationRequiredOnSetup', {
      customer,
      setup_future_usage: 'off_session',
    })
    await authenticate(first.id, 'succeed')
    const second = await pay(String(first.payment_method), {
      customer,
      off_session: true,
    })
    expect(second.status).toBe('succeeded')
  })

  it.each([
    ['4000000000003055', 'requires_action', undefined],
    ['4000000000003097', 'succeeded', 'processing_error'],
    ['4242424242424242', 'succeeded', 'attempt_acknowledged'],
    ['378282246310005', 'succeeded', 'not_supported'],
    ['4000000032200000', 'succeeded', 'authenticated'],
  ])('%s, when it is requested: %s, %s', async (card, status, result) => {
    for (const request_three_d_secure of ['any', 'challenge'] as const) {
      const intent = await pay(card, {
        payment_method_options: { card: { request_three_d_secure } },
      })
      expect(intent.status).toBe(status)
      const charge = intent.latest_charge as Stripe.Charge | null
      expect(charge?.payment_method_details?.card?.three_d_secure?.result).toBe(result)
    }
  })

  it('is confirmed once more with confirmation_method=manual', async () => {
    const { id } = await pay('pm_card_authenticationRequired', {
      confirmation_method: 'manual',
    })
    expect((await authenticate(id, 'succeed')).status).toBe('requires_confirmation')
    expect((await stripe.paymentIntents.confirm(id)).status).toBe('succeeded')
  })

  it('is asked for anew when another card is given meanwhile', async () => {
    const { id } = await pay('pm_card_authenticationRequired', {
      confirmation_method: 'manual',
    })
    await authenticate(id, 'succeed')
    const confirmed = await stripe.paymentIntents.confirm(id, {
      payment_method: 'pm_card_authenticationRequired',
    })
    expect(confirmed.status).toBe('requires_action')
  })
})

describe('Radar and checks', () => {
  it.each([
    '4100000000000019',
    'pm_card_radarBlock',
    '4000000000004954',
    'pm_card_riskLevelHighest',
  ])('%s is blocked', async (card) => {
    const error = await errorOf(pay(card))
    expect(error).toMatchObject({
      statusCode: 402,
      code: 'card_declined',
      decline_code: 'fraudulent',
    })
    const { id } = error.payment_intent as Stripe.PaymentIntent
    const intent = await stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] })
    expect(chargeOf(intent)).toMatchObject({
      status: 'failed',
      outcome: {
        type: 'blocked',
        network_status: 'not_sent_to_network',
        reason: 'highest_risk_level',
        risk_level: 'highest',
      },
    })
    expect(await eventTypes(id)).toEqual(failed)
  })

  /** §4.3 of the facts: risk, CVC, postal code, line 1. */
  it.each([
    ['4000000000009235', 'riskLevelElevated', 'elevated', 'pass', 'pass', 'pass'],
    ['4000000000000101', 'cvcCheckFail', 'normal', 'fail', 'pass', 'pass'],
    ['4000000000000036', 'avsZipFail', 'normal', 'pass', 'fail', 'pass'],
    ['4000058400307872', 'cvcCheckFailElevatedRisk', 'elevated', 'fail', 'pass', 'pass'],
    ['4000058400306072', 'avsZipFailElevatedRisk', 'elevated', 'pass', 'fail', 'pass'],
    ['4000000000000028', 'avsLine1Fail', 'normal', 'pass', 'pass', 'fail'],
    ['4000000000000010', 'avsFail', 'normal', 'pass', 'fail', 'fail'],
    ['4000000000000044', 'avsUnchecked', 'normal', 'pass', 'unavailable', 'unavailable'],
    ['4000000000001208', undefined, 'normal', 'pass', 'pass', 'pass'],
    ['4000000000003725', undefined, 'normal', 'pass', 'pass', 'pass'],
  ])(
    '%s, %s: %s risk, checks %s, %s, %s',
    async (number, alias, risk, cvc, postal, line1) => {
      const { id } = await stripe.paymentMethods.create({
        type: 'card',
        card: { number, exp_month: 12, exp_year: 2040, cvc: '123' },
        billing_details: { address: { line1: '1 Main St', postal_code: '12345' } },
      })
      const intent = await pay(id)
      expect(intent.status).toBe('succeeded')
      expect(chargeOf(intent)).toMatchObject({
        outcome: { risk_level: risk, type: 'authorized' },
        payment_method_details: {
          card: {
            checks: {
              cvc_check: cvc,
              address_postal_code_check: postal,
              address_line1_check: line1,
            },
          },
        },
      })
      if (alias === undefined) return
      const checks = chargeOf(await pay(`pm_card_${alias}`)).payment_method_details?.card
        ?.checks
      expect(checks?.cvc_check).toBe(cvc)
      if (postal !== 'pass') expect(checks?.address_postal_code_check).toBe(postal)
      if (line1 !== 'pass') expect(checks?.address_line1_check).toBe(line1)
    },
  )

  it('checks nothing that was not given', async () => {
    const { id } = await stripe.paymentMethods.create({
      type: 'card',
      card: { number: '4000000000000101', exp_month: 12, exp_year: 2040 },
    })
    expect(chargeOf(await pay(id)).payment_method_details?.card?.checks).toEqual({
      cvc_check: null,
      address_postal_code_check: null,
      address_line1_check: null,
    })
  })
})
