import type Stripe from 'stripe'
import { describe, expect, it } from 'vitest'
import {
  cardByNumber,
  emulator,
  errorOf,
  eventTypes,
  payment,
  stripe,
} from '../emulator.test-setup.ts'

async function paid(card = 'pm_card_visa'): Promise<{ intent: string; charge: string }> {
  const payment_method = card.startsWith('pm_') ? card : await cardByNumber(card)
  const intent = await stripe.paymentIntents.create({ ...payment, payment_method })
  await emulator.clock.advance(1)
  return { intent: intent.id, charge: String(intent.latest_charge) }
}

/** What came after the payment itself. */
async function laterEvents(intent: string): Promise<string[]> {
  return (await eventTypes(intent)).slice(4)
}

describe('refunds', () => {
  it('of a payment intent are whole by default', async () => {
    const { intent, charge } = await paid()
    const refund = await stripe.refunds.create({
      payment_intent: intent,
      reason: 'requested_by_customer',
      metadata: { ticket: '7' },
      expand: ['balance_transaction'],
    })
    expect(refund).toMatchObject({
      amount: 2_000,
      charge,
      payment_intent: intent,
      status: 'succeeded',
      reason: 'requested_by_customer',
      metadata: { ticket: '7' },
      balance_transaction: { amount: -2_000, type: 'refund', source: refund.id },
    })
    expect(await stripe.charges.retrieve(charge, { expand: ['refunds'] })).toMatchObject({
      amount_refunded: 2_000,
      refunded: true,
      refunds: { data: [{ id: refund.id }] },
    })
    expect(await laterEvents(intent)).toEqual(['refund.created', 'charge.refunded'])
    const again = await errorOf(stripe.refunds.create({ charge }))
    expect(again).toMatchObject({
      statusCode: 400,
      code: 'charge_already_refunded',
      message: `Charge ${charge} has already been refunded.`,
    })
  })

  it('are made in parts, never of more than is left', async () => {
    const { charge } = await paid()
    const tooMuch = stripe.refunds.create({ charge, amount: 2_001 })
    expect(await errorOf(tooMuch)).toMatchObject({
      statusCode: 400,
      param: 'amount',
      message: 'Refund amount (€20.01) is greater than charge amount (€20.00)',
    })
    const first = await stripe.refunds.create({ charge, amount: 1_500 })
    expect(await stripe.charges.retrieve(charge)).toMatchObject({
      amount_refunded: 1_500,
      refunded: false,
    })
    const more = stripe.refunds.create({ charge, amount: 501 })
    expect(await errorOf(more)).toMatchObject({
      message:
        'Refund amount (€5.01) is greater than unrefunded amount on charge (€5.00)',
    })
    const second = await stripe.refunds.create({ charge })
    expect(second.amount).toBe(500)
    const listed = await stripe.refunds.list({ charge })
    expect(listed.data.map(({ id }) => id)).toEqual([second.id, first.id])
    expect(await stripe.charges.retrieve(charge)).toMatchObject({ refunded: true })
  })

  it('are of what was captured', async () => {
    const { id, latest_charge } = await stripe.paymentIntents.create({
      ...payment,
      payment_method: 'pm_card_visa',
      capture_method: 'manual',
    })
    const early = await errorOf(stripe.refunds.create({ payment_intent: id }))
    expect(early).toMatchObject({
      statusCode: 400,
      message: `This PaymentIntent (${id}) does not have a successful charge to refund.`,
    })
    await stripe.paymentIntents.capture(id, { amount_to_capture: 1_200 })
    expect((await stripe.refunds.create({ payment_intent: id })).amount).toBe(1_200)
    const charge = await stripe.charges.retrieve(String(latest_charge))
    expect(charge.refunded).toBe(true)
  })

  it.each<[Stripe.RefundCreateParams, string]>([
    [{}, 'parameter_missing'],
    [{ charge: 'ch_nobody' }, 'resource_missing'],
    [{ payment_intent: 'pi_nobody' }, 'resource_missing'],
  ])('refuse %j: %s', async (params, code) => {
    expect(await errorOf(stripe.refunds.create(params))).toMatchObject({
      statusCode: 400,
      code,
    })
  })

  it.each(['4000000000007726', 'pm_card_pendingRefund'])(
    '%s: pending, later succeeded',
    async (card) => {
      const { intent, charge } = await paid(card)
      const { id, status } = await stripe.refunds.create({ charge })
      expect(status).toBe('pending')
      expect(await laterEvents(intent)).toEqual(['refund.created', 'charge.refunded'])
      await emulator.clock.advance(60)
      expect((await stripe.refunds.retrieve(id)).status).toBe('succeeded')
      expect((await laterEvents(intent)).slice(2)).toEqual([
        'refund.updated',
        'charge.refund.updated',
      ])
    },
  )

  it.each(['4000000000005126', 'pm_card_refundFail'])(
    '%s: succeeded, later failed, and the charge counts as not refunded',
    async (card) => {
      const { intent, charge } = await paid(card)
      const { id, status } = await stripe.refunds.create({ charge, amount: 800 })
      expect(status).toBe('succeeded')
      expect((await stripe.charges.retrieve(charge)).amount_refunded).toBe(800)
      await emulator.clock.advance(60)
      expect(await stripe.refunds.retrieve(id)).toMatchObject({
        status: 'failed',
        failure_reason: 'unknown',
        failure_balance_transaction: expect.stringMatching(/^txn_/),
      })
      expect((await laterEvents(intent)).slice(2)).toEqual([
        'refund.updated',
        'charge.refund.updated',
        'refund.failed',
        'charge.updated',
      ])
      expect(await stripe.charges.retrieve(charge)).toMatchObject({
        amount_refunded: 0,
        refunded: false,
      })
      expect((await stripe.refunds.create({ charge })).amount).toBe(2_000)
    },
  )

  it('that fail take back their own part alone', async () => {
    const { charge } = await paid('pm_card_refundFail')
    await stripe.refunds.create({ charge, amount: 800 })
    await emulator.clock.advance(30)
    await stripe.refunds.create({ charge, amount: 500 })
    await emulator.clock.advance(30)
    expect((await stripe.charges.retrieve(charge)).amount_refunded).toBe(500)
  })

  it('are found under their charge too', async () => {
    const { charge } = await paid()
    const other = await paid()
    const path = `/v1/charges/${charge}/refunds`
    const { id } = await stripe.refunds.create({ charge, amount: 500 })
    expect(await stripe.rawRequest('GET', path)).toMatchObject({
      url: path,
      data: [{ id }],
    })
    expect(await stripe.rawRequest('GET', `${path}/${id}`)).toMatchObject({ id })
    const elsewhere = stripe.rawRequest(
      'GET',
      `/v1/charges/${other.charge}/refunds/${id}`,
    )
    expect(await errorOf(elsewhere)).toMatchObject({ statusCode: 404 })
  })

  it('change their metadata alone, and are not canceled', async () => {
    const { intent, charge } = await paid()
    const { id } = await stripe.refunds.create({ charge })
    const updated = await stripe.refunds.update(id, { metadata: { a: '1' } })
    expect(updated.metadata).toEqual({ a: '1' })
    expect((await laterEvents(intent)).slice(2)).toEqual([
      'refund.updated',
      'charge.refund.updated',
    ])
    expect(await errorOf(stripe.refunds.cancel(id))).toMatchObject({ statusCode: 400 })
  })
})

describe('charges', () => {
  it('are noted upon, and tell what has changed', async () => {
    const { charge } = await paid()
    const updated = await stripe.charges.update(charge, {
      description: 'Order 7',
      metadata: { order: '7' },
      fraud_details: { user_report: 'safe' },
    })
    expect(updated).toMatchObject({
      description: 'Order 7',
      metadata: { order: '7' },
      fraud_details: { user_report: 'safe' },
    })
    const { data } = await stripe.events.list({ type: 'charge.updated', limit: 1 })
    expect(data[0]?.data.previous_attributes).toEqual({
      description: null,
      metadata: { order: null },
      fraud_details: { user_report: null },
    })
  })

  it('are captured by themselves, and so their payment intent', async () => {
    const { id, latest_charge } = await stripe.paymentIntents.create({
      ...payment,
      payment_method: 'pm_card_visa',
      capture_method: 'manual',
    })
    const charge = await stripe.charges.capture(String(latest_charge), { amount: 900 })
    expect(charge).toMatchObject({ captured: true, amount_captured: 900 })
    expect(await stripe.paymentIntents.retrieve(id)).toMatchObject({
      status: 'succeeded',
      amount_received: 900,
    })
    expect(await errorOf(stripe.charges.capture(charge.id))).toMatchObject({
      code: 'charge_already_captured',
    })
  })

  it('are listed by payment intent and customer', async () => {
    const customer = (await stripe.customers.create()).id
    const intent = await stripe.paymentIntents.create({
      ...payment,
      customer,
      payment_method: 'pm_card_visa',
    })
    for (const params of [{ customer }, { payment_intent: intent.id }]) {
      const { data } = await stripe.charges.list(params)
      expect(data.map(({ id }) => id)).toEqual([intent.latest_charge])
    }
  })
})
