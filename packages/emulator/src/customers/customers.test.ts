import type Stripe from 'stripe'
import { describe, expect, it } from 'vitest'
import { errorOf, payment, stripe } from '../emulator.test-setup.ts'

const address = { line1: '1 Road', city: 'Town', country: 'DE', postal_code: '12345' }

describe('customers', () => {
  it('are kept, changed, listed and deleted', async () => {
    const email = `${crypto.randomUUID()}@example.com`
    const created = await stripe.customers.create({
      email,
      name: 'Ada',
      metadata: { user_id: 'u' },
    })
    const updated = await stripe.customers.update(created.id, {
      name: 'Ada L.',
      description: '',
    })
    expect(updated).toMatchObject({ name: 'Ada L.', email, description: null })
    expect((await stripe.customers.list({ email })).data.map(({ id }) => id)).toEqual([
      created.id,
    ])
    const { data } = await stripe.events.list({ type: 'customer.updated', limit: 1 })
    expect(data[0]?.data.previous_attributes).toEqual({ name: 'Ada' })

    await stripe.customers.del(created.id)
    expect(await stripe.customers.retrieve(created.id)).toEqual(
      expect.objectContaining({ id: created.id, deleted: true }),
    )
    expect((await stripe.customers.list({ email })).data).toEqual([])
  })

  it('take all that can be said of them', async () => {
    const params: Stripe.CustomerCreateParams = {
      address,
      balance: -500,
      business_name: 'Ada Ltd',
      description: 'First',
      email: 'ada@example.com',
      individual_name: 'Ada L.',
      invoice_prefix: 'ADA1',
      invoice_settings: {
        custom_fields: [{ name: 'VAT', value: '1' }],
        footer: 'Thanks',
        rendering_options: { amount_tax_display: 'exclude_tax' },
      },
      name: 'Ada',
      next_invoice_sequence: 7,
      phone: '+49123',
      preferred_locales: ['de', 'en'],
      shipping: { address, name: 'Ada', phone: '+49124' },
      tax_exempt: 'reverse',
    }
    const customer = await stripe.customers.create(params)
    const whole = { line2: null, state: null, ...address }
    expect(customer).toMatchObject({
      ...params,
      address: whole,
      shipping: { address: whole, name: 'Ada', phone: '+49124' },
      invoice_settings: {
        ...params.invoice_settings,
        default_payment_method: null,
        rendering_options: { amount_tax_display: 'exclude_tax', template: null },
      },
      currency: null,
      default_source: null,
      delinquent: false,
      livemode: false,
      test_clock: null,
    })
    expect(await stripe.customers.retrieve(customer.id)).toEqual(customer)
    const emptied = await stripe.customers.update(customer.id, {
      address: '',
      business_name: '',
      shipping: '',
      tax_exempt: '',
      invoice_settings: { custom_fields: '', rendering_options: '' },
    })
    expect(emptied).toMatchObject({
      address: null,
      shipping: null,
      tax_exempt: 'none',
      invoice_settings: {
        custom_fields: null,
        footer: 'Thanks',
        rendering_options: null,
      },
    })
    expect(emptied).not.toHaveProperty('business_name')
  })

  it.each([
    ['an email that is none', { email: 'ada' }, 'email', 'Invalid email address: ada'],
    [
      'shipping to nobody',
      { shipping: { name: '', address } },
      'shipping[name]',
      'shipping[name]',
    ],
    [
      'a prefix in lower case',
      { invoice_prefix: 'abc' },
      'invoice_prefix',
      'upper case letters',
    ],
    [
      'a test clock that is none',
      { test_clock: 'clock_none' },
      'test_clock',
      "No such test_clock: 'clock_none'",
    ],
    [
      'a payment method that is none',
      { payment_method: 'pm_none' },
      'payment_method',
      "No such PaymentMethod: 'pm_none'",
    ],
    ['a source', { source: 'tok_visa' }, 'source', 'does not model source'],
  ])('with %s are refused', async (_, params, param, message) => {
    const before = await stripe.customers.list({ limit: 1 })
    const refused = await errorOf(stripe.customers.create(params))
    expect(refused).toMatchObject({ statusCode: 400, param })
    expect(refused.message).toContain(message)
    expect((await stripe.customers.list({ limit: 1 })).data).toEqual(before.data)
  })

  it('have a default payment method only of their own', async () => {
    const customer = await stripe.customers.create({
      payment_method: 'pm_card_visa',
      invoice_settings: { default_payment_method: 'pm_card_visa' },
    })
    const [card] = (await stripe.customers.listPaymentMethods(customer.id)).data
    expect(customer.invoice_settings.default_payment_method).toBe(card?.id)
    const other = await stripe.paymentMethods.create({
      type: 'card',
      card: { token: 'tok_visa' },
    })
    const refused = await errorOf(
      stripe.customers.update(customer.id, {
        name: 'Ada',
        invoice_settings: { default_payment_method: other.id },
      }),
    )
    expect(refused).toMatchObject({
      statusCode: 400,
      code: 'resource_missing',
      param: 'invoice_settings[default_payment_method]',
      message: `The customer does not have a payment method with the ID ${other.id}. The payment method must be attached to the customer.`,
    })
    expect(await stripe.customers.retrieve(customer.id)).toEqual(customer)
    const invoice_settings = { default_payment_method: other.id }
    expect(await errorOf(stripe.customers.create({ invoice_settings }))).toMatchObject({
      statusCode: 400,
      code: 'resource_missing',
    })
  })

  it('lose their default payment method when it is detached', async () => {
    const customer = await stripe.customers.create({
      payment_method: 'pm_card_visa',
      invoice_settings: { default_payment_method: 'pm_card_visa' },
    })
    const card = String(customer.invoice_settings.default_payment_method)
    await stripe.paymentMethods.detach(card)
    const { data } = await stripe.events.list({ limit: 2 })
    expect(data.map(({ type }) => type)).toEqual([
      'customer.updated',
      'payment_method.detached',
    ])
    expect(data[0]?.data.previous_attributes).toEqual({
      invoice_settings: { default_payment_method: card },
    })
  })

  it('that are deleted are gone with their cards', async () => {
    const customer = await stripe.customers.create({ payment_method: 'pm_card_visa' })
    const [card] = (await stripe.customers.listPaymentMethods(customer.id)).data
    await stripe.customers.del(customer.id)
    const { data } = await stripe.events.list({ limit: 2 })
    expect(data.map(({ type }) => type)).toEqual([
      'customer.deleted',
      'payment_method.detached',
    ])
    expect(data[1]?.data.previous_attributes).toEqual({ customer: customer.id })
    const detached = await stripe.paymentMethods.retrieve(card?.id ?? '')
    expect(detached.customer).toBeNull()
    const missing = {
      code: 'resource_missing',
      message: `No such customer: '${customer.id}'`,
    }
    expect(await errorOf(stripe.customers.update(customer.id, {}))).toMatchObject({
      ...missing,
      statusCode: 404,
    })
    expect(await errorOf(stripe.customers.del(customer.id))).toMatchObject({
      ...missing,
      statusCode: 404,
    })
    const paid = stripe.paymentIntents.create({
      amount: 1_000,
      currency: 'eur',
      customer: customer.id,
    })
    expect(await errorOf(paid)).toMatchObject({
      ...missing,
      statusCode: 400,
      param: 'customer',
    })
  })

  it('are listed in pages, newest first', async () => {
    const email = `${crypto.randomUUID()}@example.com`
    const ids: string[] = []
    for (let index = 0; index < 5; index++)
      ids.unshift((await stripe.customers.create({ email })).id)
    const first = await stripe.customers.list({ email, limit: 2 })
    expect(first).toMatchObject({ has_more: true, url: '/v1/customers' })
    const all: string[] = []
    for await (const { id } of stripe.customers.list({ email, limit: 2 })) all.push(id)
    expect(all).toEqual(ids)
    const before = await stripe.customers.list({
      email,
      limit: 2,
      ending_before: ids[3] ?? '',
    })
    expect(before.data.map(({ id }) => id)).toEqual([ids[1], ids[2]])
  })

  it('are listed by when they were made', async () => {
    const email = `${crypto.randomUUID()}@example.com`
    const { created, id } = await stripe.customers.create({ email, balance: -500 })
    const at = await stripe.customers.list({ email, created })
    expect(at.data).toMatchObject([{ id, balance: -500 }])
    const later = await stripe.customers.list({ email, created: { gt: created } })
    expect(later.data).toEqual([])
  })
})

describe('payment methods of customers', () => {
  it('attach and detach; a card that declines is declined at once', async () => {
    const customer = await stripe.customers.create()
    const attached = await stripe.paymentMethods.attach('pm_card_visa', {
      customer: customer.id,
    })
    expect(attached.customer).toBe(customer.id)
    const listed = await stripe.customers.listPaymentMethods(customer.id)
    expect(listed.data.map(({ id }) => id)).toEqual([attached.id])
    const withoutCustomer = stripe.paymentIntents.create({
      ...payment,
      payment_method: attached.id,
    })
    expect(await errorOf(withoutCustomer)).toMatchObject({
      statusCode: 400,
      param: 'payment_method',
    })
    const detached = await stripe.paymentMethods.detach(attached.id)
    expect(detached.customer).toBeNull()
    const declined = await errorOf(
      stripe.paymentMethods.attach('pm_card_visa_chargeDeclined', {
        customer: customer.id,
      }),
    )
    expect(declined).toMatchObject({ statusCode: 402, code: 'card_declined' })
  })

  it('make no customer when their card declines', async () => {
    const email = `${crypto.randomUUID()}@example.com`
    const declined = stripe.customers.create({
      email,
      payment_method: 'pm_card_visa_chargeDeclined',
    })
    expect(await errorOf(declined)).toMatchObject({ statusCode: 402 })
    expect((await stripe.customers.list({ email })).data).toEqual([])
  })
})
