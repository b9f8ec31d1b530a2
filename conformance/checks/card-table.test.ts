import { type StripeMock, startStripeMock } from '@countersign/stripe-mock'
import type Stripe from 'stripe'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { catalogue } from '../src/catalogue/catalogue.ts'
import { type StripeSide, startStripeSide } from '../src/runner/stripe-side.ts'
import { cardChecksWith, cardTable } from './card-table.ts'

describe('the table of cards', () => {
  let mock: StripeMock
  let stripe: StripeSide
  beforeAll(async () => {
    mock = await startStripeMock()
    stripe = await startStripeSide(mock.url)
  })
  afterAll(async () => {
    await stripe.stop()
    await mock.stop()
  })

  it.each(cardTable)('names one card: $number, $alias', async ({ number, alias }) => {
    const { client } = stripe
    const byNumber = await client.paymentMethods.create({
      type: 'card',
      card: { number, exp_month: 12, exp_year: 2040, cvc: '123' },
    })
    // The answer to a decline tells of the card as well.
    const { payment_method: byAlias } = await client.paymentIntents
      .create({
        amount: 2_000,
        currency: 'eur',
        payment_method: alias,
        confirm: true,
        automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
        expand: ['payment_method'],
      })
      .catch((error: Stripe.errors.StripeCardError) => error)
    const { card } = byAlias as Stripe.PaymentMethod
    expect(card?.fingerprint).toBe(byNumber.card?.fingerprint)
    expect(card?.last4).toBe(number.slice(-4))
  })

  it('is one check for each row', () => {
    const all = cardChecksWith(...cardTable.map(({ outcome }) => outcome.kind))
    expect(new Set(all).size).toBe(cardTable.length)
    const ids = catalogue.map(({ id }) => id)
    expect(ids.filter((id) => all.includes(id))).toEqual(all)
  })
})
