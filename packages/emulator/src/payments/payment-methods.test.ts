import { describe, expect, it } from 'vitest'
import { cardByNumber, clientOf, errorOf, stripe } from '../emulator.test-setup.ts'
import { startEmulator } from '../index.ts'

async function attached(): Promise<{ id: string; customer: string }> {
  const customer = (await stripe.customers.create()).id
  const number = await cardByNumber('4242424242424242')
  const { id } = await stripe.paymentMethods.attach(number, { customer })
  return { id, customer }
}

describe('payment methods', () => {
  it('of one number have one fingerprint; an alias makes a new one each time', async () => {
    const [a, b, alias] = await Promise.all([
      stripe.paymentMethods.retrieve(await cardByNumber('4242424242424242')),
      stripe.paymentMethods.retrieve(await cardByNumber('4242 4242 4242 4242')),
      stripe.paymentMethods.retrieve('pm_card_visa'),
    ])
    expect(a.card?.fingerprint).toBe(b.card?.fingerprint)
    expect(a.card?.fingerprint).toBe(alias.card?.fingerprint)
    expect(new Set([a.id, b.id, alias.id, 'pm_card_visa']).size).toBe(4)
    expect(a.card).toMatchObject({
      checks: { cvc_check: 'unchecked' },
      networks: { available: ['visa'], preferred: null },
    })
  })

  it('change when they are attached, and tell what', async () => {
    const { id } = await attached()
    const updated = await stripe.paymentMethods.update(id, {
      card: { exp_month: 3, exp_year: 2041 },
      billing_details: { name: 'A', address: { line1: '1 Main St' } },
      metadata: { a: '1' },
    })
    expect(updated).toMatchObject({
      card: { exp_month: 3, exp_year: 2041, last4: '4242' },
      billing_details: {
        name: 'A',
        email: null,
        address: { line1: '1 Main St', city: null },
      },
      metadata: { a: '1' },
    })
    const { data } = await stripe.events.list({
      type: 'payment_method.updated',
      limit: 1,
    })
    expect(data[0]?.data.previous_attributes).toEqual({
      billing_details: { name: null, address: { line1: null } },
      card: { exp_month: 12, exp_year: 2040 },
      metadata: { a: null },
    })
  })

  it('do not change to what cannot be right, or before they are attached', async () => {
    const { id } = await attached()
    const wrong = stripe.paymentMethods.update(id, { card: { exp_month: 13 } })
    expect(await errorOf(wrong)).toMatchObject({
      statusCode: 402,
      code: 'invalid_expiry_month',
    })
    const loose = await cardByNumber('4242424242424242')
    const early = stripe.paymentMethods.update(loose, { metadata: { a: '1' } })
    expect(await errorOf(early)).toMatchObject({ statusCode: 400 })
  })

  it('are attached once, detached once, and then used up', async () => {
    const { id, customer } = await attached()
    const other = (await stripe.customers.create()).id
    const again = () => stripe.paymentMethods.attach(id, { customer: other })
    expect((await errorOf(again())).message).toContain('already been attached')
    await stripe.paymentMethods.detach(id)
    expect((await errorOf(again())).message).toContain('may not be used again')
    expect(await errorOf(stripe.paymentMethods.detach(id))).toMatchObject({
      statusCode: 400,
    })
    expect((await stripe.customers.listPaymentMethods(customer)).data).toEqual([])
  })

  it('of a co-branded card prefer one of its networks', async () => {
    const card = { number: '4000002500001001', exp_month: 12, exp_year: 2040 }
    const made = await stripe.paymentMethods.create({
      type: 'card',
      card: { ...card, networks: { preferred: 'cartes_bancaires' } },
    })
    expect(made.card).toMatchObject({
      display_brand: 'cartes_bancaires',
      networks: {
        available: ['cartes_bancaires', 'visa'],
        preferred: 'cartes_bancaires',
      },
    })
    const wrong = stripe.paymentMethods.create({
      type: 'card',
      card: { ...card, networks: { preferred: 'mastercard' } },
    })
    expect(await errorOf(wrong)).toMatchObject({ statusCode: 400 })
  })

  it("are valid by the emulator's clock", async () => {
    const own = await startEmulator({ seed: 1 })
    const { paymentMethods } = clientOf(own)
    const create = () =>
      paymentMethods.create({
        type: 'card',
        card: { number: '4242424242424242', exp_month: 1, exp_year: 2026 },
      })
    expect((await create()).card?.exp_year).toBe(2026)
    await own.clock.advance(31 * 86_400)
    expect(await errorOf(create())).toMatchObject({ code: 'invalid_expiry_month' })
    await own.clock.advance(365 * 86_400)
    expect(await errorOf(create())).toMatchObject({ code: 'invalid_expiry_year' })
    await own.stop()
  })
})
