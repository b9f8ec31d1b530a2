import { describe, expect, it } from 'vitest'
import { errorOf, payment, stripe } from '../emulator.test-setup.ts'

describe('customers and payment methods', () => {
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
})
