import type Stripe from 'stripe'
import { describe, expect, it } from 'vitest'
import { errorOf, payment, stripe } from '../emulator.test-setup.ts'

describe('expand', () => {
  it('goes four levels deep, through lists', async () => {
    const customer = await stripe.customers.create({ payment_method: 'pm_card_visa' })
    const [card] = (await stripe.customers.listPaymentMethods(customer.id)).data
    await stripe.customers.update(customer.id, {
      invoice_settings: { default_payment_method: card?.id ?? '' },
    })
    const intent = await stripe.paymentIntents.create({
      ...payment,
      customer: customer.id,
      payment_method: card?.id ?? '',
    })
    const { data } = await stripe.paymentIntents.list({
      customer: customer.id,
      expand: [
        'data.customer.invoice_settings.default_payment_method',
        'data.latest_charge.customer',
        'data.latest_charge.refunds',
      ],
    })
    expect(data).toMatchObject([
      {
        id: intent.id,
        customer: {
          id: customer.id,
          invoice_settings: { default_payment_method: { id: card?.id, type: 'card' } },
        },
        latest_charge: {
          object: 'charge',
          customer: { id: customer.id },
          refunds: { object: 'list', data: [], has_more: false },
        },
      },
    ])
    const again = await stripe.paymentIntents.retrieve(intent.id)
    expect(again.customer).toBe(customer.id)
    expect(
      (await stripe.charges.retrieve(String(again.latest_charge))).refunds,
    ).toBeUndefined()
  })

  it('gives what is left of a deleted object, and null for nothing', async () => {
    const customer = await stripe.customers.create()
    const intent = await stripe.paymentIntents.create({
      amount: 1_000,
      currency: 'eur',
      customer: customer.id,
    })
    await stripe.customers.del(customer.id)
    const expanded = await stripe.paymentIntents.retrieve(intent.id, {
      expand: ['customer.subscriptions', 'latest_charge'],
    })
    expect(expanded.customer).toEqual({
      id: customer.id,
      object: 'customer',
      deleted: true,
    })
    expect(expanded.latest_charge).toBeNull()
  })

  it('includes what a customer has and does not show', async () => {
    const customer: Stripe.Customer = await stripe.customers.create({
      expand: ['subscriptions', 'sources', 'tax_ids', 'invoice_credit_balance'],
    })
    const list = { object: 'list', data: [], has_more: false }
    expect(customer).toMatchObject({
      subscriptions: { ...list, url: `/v1/customers/${customer.id}/subscriptions` },
      sources: list,
      tax_ids: list,
      invoice_credit_balance: {},
    })
    const plain = await stripe.customers.retrieve(customer.id)
    expect(plain).not.toHaveProperty('subscriptions')
  })

  it('does not go five levels deep, and then does nothing', async () => {
    const email = `${crypto.randomUUID()}@example.com`
    const path = 'default_source.customer.subscriptions.data.customer'
    const refused = await errorOf(stripe.customers.create({ email, expand: [path] }))
    expect(refused).toMatchObject({
      statusCode: 400,
      message: `You cannot expand more than 4 levels of a property. Property: ${path}`,
    })
    expect((await stripe.customers.list({ email })).data).toEqual([])
  })
})
