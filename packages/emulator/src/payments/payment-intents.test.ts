import type Stripe from 'stripe'
import { describe, expect, it } from 'vitest'
import {
  cardByNumber,
  clientOf,
  emulator,
  errorOf,
  eventTypes,
  payment,
  stripe,
} from '../emulator.test-setup.ts'

describe('payment intents', () => {
  it('go from requires_payment_method over requires_confirmation to succeeded', async () => {
    const intent = await stripe.paymentIntents.create({ amount: 500, currency: 'usd' })
    expect(intent.status).toBe('requires_payment_method')
    const updated = await stripe.paymentIntents.update(intent.id, {
      amount: 700,
      payment_method: 'pm_card_visa',
      metadata: { a: '1', b: '2' },
    })
    expect(updated).toMatchObject({ status: 'requires_confirmation', amount: 700 })
    const unset = await stripe.paymentIntents.update(intent.id, { metadata: { a: '' } })
    expect(unset.metadata).toEqual({ b: '2' })
    const confirmed = await stripe.paymentIntents.confirm(intent.id)
    expect(confirmed).toMatchObject({ status: 'succeeded', amount_received: 700 })
    const again = await errorOf(stripe.paymentIntents.confirm(intent.id))
    expect(again).toMatchObject({
      statusCode: 400,
      code: 'payment_intent_unexpected_state',
    })
  })

  it('are captured by hand, and in part', async () => {
    const intent = await stripe.paymentIntents.create({
      ...payment,
      payment_method: 'pm_card_visa',
      capture_method: 'manual',
    })
    expect(intent).toMatchObject({ status: 'requires_capture', amount_capturable: 2_000 })
    const tooMuch = await errorOf(
      stripe.paymentIntents.capture(intent.id, { amount_to_capture: 2_001 }),
    )
    expect(tooMuch).toMatchObject({ statusCode: 400, code: 'amount_too_large' })
    const captured = await stripe.paymentIntents.capture(intent.id, {
      amount_to_capture: 1_500,
    })
    expect(captured).toMatchObject({
      status: 'succeeded',
      amount_received: 1_500,
      amount_capturable: 0,
    })
  })

  it('are canceled once', async () => {
    const { id } = await stripe.paymentIntents.create({ amount: 500, currency: 'usd' })
    const canceled = await stripe.paymentIntents.cancel(id, {
      cancellation_reason: 'abandoned',
    })
    expect(canceled).toMatchObject({
      status: 'canceled',
      cancellation_reason: 'abandoned',
    })
    expect(await eventTypes(id)).toEqual([
      'payment_intent.created',
      'payment_intent.canceled',
    ])
    const again = await errorOf(stripe.paymentIntents.cancel(id))
    expect(again).toMatchObject({ code: 'payment_intent_unexpected_state' })
  })

  it('refuse what does not exist, and change nothing', async () => {
    const before = await stripe.paymentIntents.list({ limit: 100 })
    const unknownMethod = stripe.paymentIntents.create({
      ...payment,
      payment_method: 'pm_nobody',
    })
    expect(await errorOf(unknownMethod)).toMatchObject({
      statusCode: 400,
      code: 'resource_missing',
      param: 'payment_method',
      message: "No such PaymentMethod: 'pm_nobody'",
    })
    const missing = await errorOf(stripe.paymentIntents.retrieve('pi_nobody'))
    expect(missing).toMatchObject({
      statusCode: 404,
      message: "No such payment_intent: 'pi_nobody'",
    })
    const after = await stripe.paymentIntents.list({ limit: 100 })
    expect(after.data.length).toBe(before.data.length)
  })

  it('have their parameters validated by stripe-mock', async () => {
    const params = {
      ...payment,
      no_such_parameter: 'x',
    } as Stripe.PaymentIntentCreateParams
    const error = await errorOf(stripe.paymentIntents.create(params))
    expect(error).toMatchObject({ statusCode: 400, type: 'StripeInvalidRequestError' })
    expect(error).toMatchObject({
      code: 'parameter_unknown',
      message: 'Received unknown parameter: no_such_parameter',
    })
  })
})

describe('payment intents that change their minds', () => {
  it('are captured by hand when confirm says so', async () => {
    const { id } = await stripe.paymentIntents.create({ amount: 500, currency: 'usd' })
    const confirmed = await stripe.paymentIntents.confirm(id, {
      payment_method: 'pm_card_visa',
      capture_method: 'manual',
    })
    expect(confirmed).toMatchObject({ status: 'requires_capture', amount_received: 0 })
  })

  it('are declined where 3D Secure shall be an error', async () => {
    const error = await errorOf(
      stripe.paymentIntents.create({
        ...payment,
        payment_method: 'pm_card_authenticationRequiredOnSetup',
        error_on_requires_action: true,
      }),
    )
    expect(error).toMatchObject({ statusCode: 402, code: 'authentication_required' })
  })

  it('do not change how they were paid', async () => {
    const { id } = await stripe.paymentIntents.create({
      ...payment,
      payment_method: 'pm_card_visa',
    })
    const change = stripe.paymentIntents.update(id, { payment_method: 'pm_card_visa' })
    expect(await errorOf(change)).toMatchObject({
      code: 'payment_intent_unexpected_state',
    })
    const noted = await stripe.paymentIntents.update(id, { metadata: { a: '1' } })
    expect(noted).toMatchObject({ status: 'succeeded', metadata: { a: '1' } })
  })

  it('keep the card for its customer with setup_future_usage, and otherwise use it up', async () => {
    const customer = (await stripe.customers.create()).id
    const [kept, once] = [
      await cardByNumber('4242424242424242'),
      await cardByNumber('4242424242424242'),
    ]
    await stripe.paymentIntents.create({
      ...payment,
      customer,
      payment_method: kept,
      setup_future_usage: 'off_session',
    })
    expect(await stripe.customers.retrievePaymentMethod(customer, kept)).toMatchObject({
      id: kept,
      customer,
    })
    await stripe.paymentIntents.create({ ...payment, payment_method: once })
    for (const again of [
      () => stripe.paymentIntents.create({ ...payment, payment_method: once }),
      () => stripe.paymentMethods.attach(once, { customer }),
    ]) {
      expect((await errorOf(again())).message).toContain('may not be used again')
    }
    expect(
      await errorOf(stripe.customers.retrievePaymentMethod(customer, once)),
    ).toMatchObject({
      statusCode: 404,
    })
  })
})

describe('amounts', () => {
  it.each([
    [49, 'usd', 'amount_too_small', 'Amount must be at least $0.50 usd'],
    [29, 'gbp', 'amount_too_small', 'Amount must be at least £0.30 gbp'],
    [49, 'jpy', 'amount_too_small', 'Amount must be at least ¥50 jpy'],
    [100_000_000, 'usd', 'amount_too_large', 'Amount must be no more than $999,999.99'],
    [
      0,
      'usd',
      'parameter_invalid_integer',
      expect.stringContaining('use a Setup Intent instead'),
    ],
    [5_124, 'kwd', 'parameter_invalid_integer', expect.stringContaining('last')],
  ])('%i %s is refused with %s', async (amount, currency, code, message) => {
    const error = await errorOf(stripe.paymentIntents.create({ amount, currency }))
    expect(error).toMatchObject({ statusCode: 400, code, param: 'amount', message })
  })

  it.each([
    [50, 'usd'],
    [30, 'gbp'],
    [50, 'jpy'],
    [5_120, 'kwd'],
    [99_999_999, 'eur'],
  ])('%i %s is paid', async (amount, currency) => {
    const intent = await stripe.paymentIntents.create({
      amount,
      currency,
      confirm: true,
      payment_method: 'pm_card_visa',
    })
    expect(intent).toMatchObject({
      status: 'succeeded',
      amount_received: amount,
      currency,
    })
  })
})

describe('what is held on a card', () => {
  async function hold() {
    return stripe.paymentIntents.create({
      ...payment,
      payment_method: 'pm_card_visa',
      capture_method: 'manual',
    })
  }

  it('tells of its capture, and gets its balance transaction then', async () => {
    const { id, latest_charge } = await hold()
    await stripe.paymentIntents.capture(id, { amount_to_capture: 1_500 })
    await emulator.clock.advance(1)
    expect(await eventTypes(id)).toEqual([
      'payment_intent.created',
      'charge.succeeded',
      'payment_intent.amount_capturable_updated',
      'charge.captured',
      'payment_intent.succeeded',
      'charge.updated',
    ])
    const charge = await stripe.charges.retrieve(String(latest_charge), {
      expand: ['balance_transaction'],
    })
    expect(charge.balance_transaction).toMatchObject({ amount: 1_500 })
  })

  it('is let go when the payment is canceled', async () => {
    const { id, latest_charge } = await hold()
    const canceled = await stripe.paymentIntents.cancel(id)
    expect(canceled).toMatchObject({ status: 'canceled', amount_capturable: 0 })
    expect(await stripe.charges.retrieve(String(latest_charge))).toMatchObject({
      captured: false,
      refunded: true,
    })
    expect((await eventTypes(id)).slice(3)).toEqual([
      'charge.refunded',
      'payment_intent.canceled',
    ])
  })

  it('is let go after seven days', async () => {
    const { id } = await hold()
    await emulator.clock.advance(7 * 86_400)
    expect(await stripe.paymentIntents.retrieve(id)).toMatchObject({
      status: 'canceled',
      cancellation_reason: 'automatic',
    })
    expect((await eventTypes(id)).slice(3)).toEqual([
      'charge.expired',
      'payment_intent.canceled',
    ])
  })
})

describe('what a payment intent is told', () => {
  it('is kept, and handed on to its charge', async () => {
    const fields = {
      description: 'Order 7',
      receipt_email: 'a@example.com',
      statement_descriptor_suffix: 'ORDER 7',
      transfer_group: 'order_7',
    }
    const intent = await stripe.paymentIntents.create({
      ...payment,
      ...fields,
      payment_method: 'pm_card_visa',
      shipping: { name: 'A', address: { line1: '1 Main St' } },
      payment_details: { order_reference: 'order_7' },
      expand: ['latest_charge'],
    })
    const shipping = { name: 'A', address: { line1: '1 Main St', city: null } }
    expect(intent).toMatchObject({
      ...fields,
      shipping,
      payment_details: { order_reference: 'order_7' },
      automatic_payment_methods: { enabled: true },
      latest_charge: {
        ...fields,
        shipping,
        calculated_statement_descriptor: 'EMULATOR* ORDER 7',
      },
    })
  })

  it.each([
    [{ statement_descriptor: 'x'.repeat(23) }, 'statement_descriptor'],
    [{ statement_descriptor: '1234' }, 'statement_descriptor'],
    [
      { statement_descriptor: 'Order 7', confirm: true, payment_method: 'pm_card_visa' },
      'statement_descriptor',
    ],
    [{ off_session: true }, 'off_session'],
    [{ return_url: 'https://example.com' }, 'return_url'],
    [{ currency: 'xxx' }, 'currency'],
    [{ application_fee_amount: 501 }, 'application_fee_amount'],
  ])('is refused where it cannot be meant: %j', async (params, param) => {
    const before = await stripe.paymentIntents.list({ limit: 100 })
    const error = await errorOf(
      stripe.paymentIntents.create({ amount: 500, currency: 'usd', ...params }),
    )
    expect(error).toMatchObject({ statusCode: 400, param })
    const after = await stripe.paymentIntents.list({ limit: 100 })
    expect(after.data[0]?.id).toBe(before.data[0]?.id)
  })

  it('may not be another type of payment method: nothing is made', async () => {
    const before = await stripe.paymentIntents.list({ limit: 100 })
    const other = stripe.paymentIntents.create({
      ...payment,
      payment_method_data: {
        type: 'sepa_debit',
        sepa_debit: { iban: 'AT321904300235473204' },
      },
    })
    expect(await errorOf(other)).toMatchObject({ statusCode: 400 })
    const after = await stripe.paymentIntents.list({ limit: 100 })
    expect(after.data[0]?.id).toBe(before.data[0]?.id)
  })

  it('needs a payment method to be confirmed: nothing is made without', async () => {
    const before = await stripe.paymentIntents.list({ limit: 100 })
    expect(await errorOf(stripe.paymentIntents.create(payment))).toMatchObject({
      statusCode: 400,
      code: 'payment_intent_unexpected_state',
    })
    const after = await stripe.paymentIntents.list({ limit: 100 })
    expect(after.data[0]?.id).toBe(before.data[0]?.id)
  })

  it('may not be a payment method that is used up: nothing is made or changed', async () => {
    const paid = await stripe.paymentIntents.create({
      ...payment,
      payment_method: 'pm_card_visa',
      return_url: 'https://shop.example',
    })
    const used = String(paid.payment_method)
    const open = await stripe.paymentIntents.create({ amount: 700, currency: 'eur' })
    const [before] = (await stripe.events.list({ limit: 1 })).data
    for (const refused of [
      () => stripe.paymentIntents.create({ ...payment, payment_method: used }),
      () => stripe.setupIntents.create({ confirm: true, payment_method: used }),
      () =>
        stripe.paymentIntents.confirm(open.id, {
          payment_method: used,
          receipt_email: 'ada@shop.example',
        }),
    ]) {
      expect(await errorOf(refused())).toMatchObject({
        statusCode: 400,
        param: 'payment_method',
      })
    }
    expect((await stripe.events.list({ limit: 1 })).data[0]?.id).toBe(before?.id)
    expect(await stripe.paymentIntents.retrieve(open.id)).toMatchObject({
      status: 'requires_payment_method',
      payment_method: null,
      receipt_email: null,
    })
  })

  it("may not be another customer's payment method", async () => {
    const [owner, other] = [
      (await stripe.customers.create()).id,
      (await stripe.customers.create()).id,
    ]
    const { id } = await stripe.paymentMethods.attach('pm_card_visa', { customer: owner })
    const foreign = stripe.paymentIntents.create({
      ...payment,
      customer: other,
      payment_method: id,
    })
    expect(await errorOf(foreign)).toMatchObject({
      statusCode: 400,
      param: 'payment_method',
    })
  })

  it("may not be what has become another customer's since", async () => {
    const held = await cardByNumber('4242424242424242')
    const [intent, setup] = [
      await stripe.paymentIntents.create({
        amount: 900,
        currency: 'eur',
        payment_method: held,
      }),
      await stripe.setupIntents.create({ payment_method: held }),
    ]
    const { id: customer } = await stripe.customers.create()
    await stripe.paymentMethods.attach(held, { customer })
    for (const confirmed of [
      () => stripe.paymentIntents.confirm(intent.id),
      () => stripe.setupIntents.confirm(setup.id),
    ]) {
      expect(await errorOf(confirmed())).toMatchObject({
        statusCode: 400,
        param: 'payment_method',
      })
    }
  })

  it('names payment methods, no tokens', async () => {
    const token = stripe.paymentIntents.create({ ...payment, payment_method: 'tok_visa' })
    expect(await errorOf(token)).toMatchObject({
      message: "No such PaymentMethod: 'tok_visa'",
    })
  })
})

describe("a buyer's browser", () => {
  const browser = clientOf(emulator, 'pk_test_emulator')

  it('sees and confirms what it knows the secret of, and little of it', async () => {
    const { id, client_secret } = await stripe.paymentIntents.create({
      amount: 500,
      currency: 'usd',
      metadata: { internal: '1' },
    })
    const seen = await browser.paymentIntents.retrieve(id, {
      client_secret: String(client_secret),
    })
    expect(seen).toMatchObject({ id, status: 'requires_payment_method', amount: 500 })
    expect(seen).not.toHaveProperty('metadata')
    const declined = await errorOf(
      browser.paymentIntents.confirm(id, {
        client_secret,
        payment_method: 'pm_card_visa_chargeDeclined',
      } as Stripe.PaymentIntentConfirmParams),
    )
    expect(declined).toMatchObject({ statusCode: 402, payment_intent: { id } })
    expect(declined.payment_intent).not.toHaveProperty('metadata')
    const made = await browser.paymentMethods.create({
      type: 'card',
      card: { number: '4242424242424242', exp_month: 12, exp_year: 2040, cvc: '123' },
    })
    const confirmed = await browser.paymentIntents.confirm(id, {
      client_secret,
      payment_method: made.id,
    } as Stripe.PaymentIntentConfirmParams)
    expect(confirmed.status).toBe('succeeded')
    expect(confirmed).not.toHaveProperty('metadata')
  })

  it('is refused without the secret, and whatever else needs the secret key', async () => {
    const { id } = await stripe.paymentIntents.create({ amount: 500, currency: 'usd' })
    const wrong = { client_secret: `${id}_secret_other` }
    for (const [attempt, statusCode] of [
      [() => browser.paymentIntents.retrieve(id), 400],
      [() => browser.paymentIntents.retrieve(id, wrong), 400],
      [() => browser.paymentIntents.confirm(id), 400],
      [() => browser.paymentIntents.cancel(id), 403],
      [() => browser.paymentIntents.list(), 403],
    ] as const)
      expect(await errorOf(attempt())).toMatchObject({ statusCode })
    const { status } = await stripe.paymentIntents.retrieve(id)
    expect(status).toBe('requires_payment_method')
  })
})
