import type Stripe from 'stripe'
import { describe, expect, it } from 'vitest'
import {
  cardByNumber,
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
    expect(error.message).toContain('additional properties are not allowed')
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
