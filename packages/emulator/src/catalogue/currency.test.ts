import { describe, expect, it } from 'vitest'
import { errorOf, stripe } from '../emulator.test-setup.ts'
import { decimalsOf, minimumCharge } from './currency.ts'

describe('currencies', () => {
  it.each([
    ['jpy', 0],
    ['krw', 0],
    ['vnd', 0],
    ['xof', 0],
    ['eur', 2],
    ['usd', 2],
    ['isk', 2],
    ['huf', 2],
    ['bhd', 3],
    ['kwd', 3],
    ['tnd', 3],
  ])('%s has %i decimals', (currency, decimals) => {
    expect(decimalsOf(currency)).toBe(decimals)
  })

  it('have a smallest charge', () => {
    expect([minimumCharge('gbp'), minimumCharge('usd'), minimumCharge('jpy')]).toEqual([
      30, 50, 50,
    ])
  })

  it('are refused when Stripe does not know them, and taken in upper case', async () => {
    const product_data = { name: 'Tea' }
    const refused = await errorOf(
      stripe.prices.create({ currency: 'abc', unit_amount: 1, product_data }),
    )
    expect(refused).toMatchObject({ statusCode: 400, param: 'currency' })
    expect(refused.message).toContain('Invalid currency: abc')
    const taken = await stripe.prices.create({
      currency: 'EUR',
      unit_amount: 1,
      product_data,
    })
    expect(taken.currency).toBe('eur')
  })
})
