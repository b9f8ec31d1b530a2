import type Stripe from 'stripe'
import { describe, expect, it } from 'vitest'
import { errorOf, stripe } from '../emulator.test-setup.ts'

async function subscribe(
  customer: string,
  params: Partial<Stripe.SubscriptionCreateParams> = {},
): Promise<Stripe.Subscription> {
  const price = await stripe.prices.create({
    currency: 'eur',
    unit_amount: 900,
    recurring: { interval: 'month' },
    product_data: { name: 'Tea' },
  })
  return stripe.subscriptions.create({
    customer,
    items: [{ price: price.id }],
    ...params,
  })
}

async function customerWithCard(
  params: Stripe.CustomerCreateParams = {},
): Promise<Stripe.Customer> {
  return stripe.customers.create({
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
    ...params,
  })
}

describe('customers with subscriptions', () => {
  it('show the running ones on expand', async () => {
    const { id } = await customerWithCard()
    const ended = await subscribe(id)
    await stripe.subscriptions.cancel(ended.id)
    const running = await subscribe(id)
    const customer = (await stripe.customers.retrieve(id, {
      expand: ['subscriptions.data.latest_invoice.payments'],
    })) as Stripe.Customer
    expect(customer.subscriptions?.data).toMatchObject([
      {
        id: running.id,
        latest_invoice: {
          status: 'paid',
          payments: { object: 'list', data: [{ is_default: true, status: 'paid' }] },
        },
      },
    ])
  })

  it('have them canceled when they are deleted', async () => {
    const { id } = await customerWithCard()
    const subscription = await subscribe(id)
    await stripe.customers.del(id)
    const { data } = await stripe.events.list({ limit: 3 })
    expect(data.map(({ type }) => type)).toEqual([
      'customer.deleted',
      'payment_method.detached',
      'customer.subscription.deleted',
    ])
    const after = await stripe.subscriptions.retrieve(subscription.id, {
      expand: ['customer'],
    })
    expect(after).toMatchObject({
      status: 'canceled',
      customer: { id, object: 'customer', deleted: true },
    })
  })

  it('pay an open invoice with the secret that expand shows', async () => {
    const { id } = await stripe.customers.create()
    const { latest_invoice } = await subscribe(id, {
      payment_behavior: 'default_incomplete',
      expand: ['latest_invoice.confirmation_secret', 'latest_invoice.payments'],
    })
    const invoice = latest_invoice as Stripe.Invoice
    const payment = invoice.payments?.data[0]?.payment
    const intent = await stripe.paymentIntents.retrieve(String(payment?.payment_intent))
    expect(invoice.confirmation_secret).toEqual({
      client_secret: intent.client_secret,
      type: 'payment_intent',
    })
    await stripe.paymentIntents.confirm(intent.id, { payment_method: 'pm_card_visa' })
    const paid = await stripe.invoices.retrieve(invoice.id, {
      expand: ['confirmation_secret', 'payments.data.payment.payment_intent'],
    })
    expect(paid).toMatchObject({
      status: 'paid',
      confirmation_secret: { client_secret: intent.client_secret },
      payments: { data: [{ payment: { payment_intent: { id: intent.id } } }] },
    })
  })

  it('are found by what they subscribe to', async () => {
    const mark = crypto.randomUUID()
    const { id } = await customerWithCard()
    const subscription = await subscribe(id, { metadata: { mark } })
    const subscriptions = await stripe.subscriptions.search({
      query: `metadata['mark']:'${mark}' AND status:'active' AND canceled_at:null`,
    })
    expect(subscriptions.data.map((found) => found.id)).toEqual([subscription.id])
    const invoices = await stripe.invoices.search({
      query: `subscription:'${subscription.id}' AND total>=900 AND customer:'${id}'`,
    })
    expect(invoices.data.map((found) => found.id)).toEqual([subscription.latest_invoice])
  })

  it('subscribe to active prices, or to ones made in passing that no list shows', async () => {
    const { id } = await customerWithCard()
    const product = await stripe.products.create({ name: 'Tea' })
    const terms = { currency: 'eur', unit_amount: 900, product: product.id } as const
    const monthly = { recurring: { interval: 'month' } } as const
    const price = await stripe.prices.create({ ...terms, ...monthly })
    await stripe.prices.update(price.id, { active: false })
    const items = [{ price: price.id }]
    const refused = await errorOf(stripe.subscriptions.create({ customer: id, items }))
    expect(refused).toMatchObject({
      statusCode: 400,
      message: 'The price specified is inactive. This field only accepts active prices.',
      param: 'items[0][price]',
    })
    await stripe.prices.update(price.id, { active: true })
    await stripe.products.update(product.id, { active: false })
    const archived = await errorOf(stripe.subscriptions.create({ customer: id, items }))
    expect(archived).toMatchObject({ statusCode: 400, param: 'items[0][price]' })
    expect(archived.message).toContain('its product is not active')

    const subscription = await stripe.subscriptions.create({
      customer: id,
      items: [{ price_data: { ...terms, ...monthly } }],
    })
    const inline = subscription.items.data[0]?.price
    expect(inline).toMatchObject({ active: false, product: product.id, unit_amount: 900 })
    const all = await Promise.all(
      [true, false].map((active) => stripe.prices.list({ product: product.id, active })),
    )
    expect(all.map(({ data }) => data.map((listed) => listed.id))).toEqual([
      [price.id],
      [],
    ])
    expect((await stripe.prices.retrieve(inline?.id ?? '')).id).toBe(inline?.id)
  })
})

describe('customers on a test clock', () => {
  it('live in its time, are at most three, and are listed only by it', async () => {
    const frozen_time = 1_893_456_000
    const clock = await stripe.testHelpers.testClocks.create({ frozen_time })
    const email = `${crypto.randomUUID()}@example.com`
    const params = { email, test_clock: clock.id }
    const ids: string[] = []
    for (let index = 0; index < 3; index++) {
      const { id, created, test_clock } = await stripe.customers.create(params)
      expect([created, test_clock]).toEqual([frozen_time, clock.id])
      ids.unshift(id)
    }
    const { data: events } = await stripe.events.list({ limit: 1 })
    expect(events[0]).toMatchObject({ type: 'customer.created', created: frozen_time })
    expect(await errorOf(stripe.customers.create(params))).toMatchObject({
      statusCode: 400,
      param: 'test_clock',
    })
    const { data } = await stripe.customers.list({ test_clock: clock.id })
    expect(data.map(({ id }) => id)).toEqual(ids)
    expect((await stripe.customers.list({ email })).data).toEqual([])
    const other = await errorOf(stripe.customers.list({ test_clock: 'clock_none' }))
    expect(other).toMatchObject({ statusCode: 400, param: 'test_clock' })
  })
})
