import type Stripe from 'stripe'
import { describe, expect, it } from 'vitest'
import { errorOf, stripe } from '../emulator.test-setup.ts'
import { eventsAbout } from './catalogue.test-setup.ts'

const product_data = { name: 'Tea' }
const flat = { currency: 'eur', unit_amount: 900, product_data } as const

describe('prices', () => {
  it('are made with all that can be said of them, their product before them', async () => {
    const price = await stripe.prices.create({
      ...flat,
      nickname: 'Small',
      metadata: { size: 's' },
      recurring: { interval: 'month', interval_count: 3 },
      tax_behavior: 'exclusive',
      transform_quantity: { divide_by: 10, round: 'up' },
    })
    expect(price).toMatchObject({
      object: 'price',
      active: true,
      billing_scheme: 'per_unit',
      currency: 'eur',
      custom_unit_amount: null,
      lookup_key: null,
      metadata: { size: 's' },
      nickname: 'Small',
      recurring: {
        interval: 'month',
        interval_count: 3,
        meter: null,
        trial_period_days: null,
        usage_type: 'licensed',
      },
      tax_behavior: 'exclusive',
      tiers_mode: null,
      transform_quantity: { divide_by: 10, round: 'up' },
      type: 'recurring',
      unit_amount: 900,
    })
    expect(await stripe.prices.retrieve(price.id)).toEqual(price)
    const product = await stripe.products.retrieve(String(price.product))
    expect(product.name).toBe('Tea')
    const types = (await eventsAbout(product.id)).map(({ type }) => type)
    expect(types).toEqual(['product.created', 'plan.created', 'price.created'])
  })

  it('that are paid once are no plans', async () => {
    const price = await stripe.prices.create(flat)
    expect(price).toMatchObject({ type: 'one_time', recurring: null })
    const types = (await eventsAbout(price.id)).map(({ type }) => type)
    expect(types).toEqual(['price.created'])
  })

  it.each([
    ['1250', 1_250, '1250'],
    ['1250.00', 1_250, '1250'],
    ['0.5', null, '0.5'],
    ['0.000000000001', null, '0.000000000001'],
    ['007.10', null, '7.1'],
  ])('of %s have the amount %s', async (unit_amount_decimal, amount, decimal) => {
    const { unit_amount: _, ...rest } = flat
    const price = await stripe.prices.create({
      ...rest,
      unit_amount_decimal: unit_amount_decimal as unknown as Stripe.Decimal,
    })
    expect(price.unit_amount).toBe(amount)
    expect(String(price.unit_amount_decimal)).toBe(decimal)
  })

  it.each<[string, object, string, string]>([
    ['no amount', { unit_amount: undefined }, 'unit_amount', 'Prices require an'],
    [
      'two amounts',
      { unit_amount_decimal: '1' },
      'unit_amount',
      'You may only specify one of these parameters',
    ],
    [
      'an amount below 0',
      { unit_amount: -1 },
      'unit_amount',
      'greater than or equal to 0',
    ],
    [
      'an amount of nine digits',
      { unit_amount: 100_000_000 },
      'unit_amount',
      'less than or equal to 99999999',
    ],
    [
      '13 decimals',
      { unit_amount: undefined, unit_amount_decimal: '0.0000000000001' },
      'unit_amount_decimal',
      'at maximum 12 decimal places',
    ],
    ['no product', { product_data: undefined }, 'product', 'You must specify either'],
    [
      'two products',
      { product: 'prod_1' },
      'product',
      'You may only specify one of these parameters',
    ],
    [
      'an unknown product',
      { product_data: undefined, product: 'prod_none' },
      'product',
      "No such product: 'prod_none'",
    ],
    [
      'four years',
      { recurring: { interval: 'year', interval_count: 4 } },
      'recurring[interval_count]',
      'three years',
    ],
    ['a bad currency', { currency: 'xyz' }, 'currency', 'Invalid currency: xyz'],
    [
      'tiers',
      {
        unit_amount: undefined,
        billing_scheme: 'tiered',
        tiers_mode: 'volume',
        tiers: [{ up_to: 'inf', unit_amount: 1 }],
      },
      'tiers',
      'The emulator models flat prices',
    ],
    [
      'a custom amount',
      { unit_amount: undefined, custom_unit_amount: { enabled: true } },
      'custom_unit_amount',
      'The emulator models flat prices',
    ],
    [
      'metered usage',
      { recurring: { interval: 'month', usage_type: 'metered' } },
      'recurring[usage_type]',
      'The emulator models flat prices',
    ],
  ])(
    'with %s are refused, and leave no product behind',
    async (_, changed, param, message) => {
      const before = await stripe.products.list({ limit: 1 })
      const params = { ...flat, ...changed } as Stripe.PriceCreateParams
      const refused = await errorOf(stripe.prices.create(params))
      expect(refused).toMatchObject({ statusCode: 400, param })
      expect(refused.message).toContain(message)
      expect((await stripe.products.list({ limit: 1 })).data).toEqual(before.data)
    },
  )

  it('change, and tell what changed', async () => {
    const price = await stripe.prices.create({ ...flat, recurring: { interval: 'day' } })
    await stripe.prices.update(price.id, {
      active: false,
      nickname: 'Old',
      metadata: { a: 'b' },
      tax_behavior: 'inclusive',
    })
    const updates = (await eventsAbout(price.id)).slice(2)
    expect(updates.map(({ type, data }) => [type, data.previous_attributes])).toEqual([
      ['plan.updated', { active: true, metadata: { a: null }, nickname: null }],
      [
        'price.updated',
        {
          active: true,
          metadata: { a: null },
          nickname: null,
          tax_behavior: 'unspecified',
        },
      ],
    ])
    const refused = await errorOf(
      stripe.prices.update(price.id, { tax_behavior: 'exclusive' }),
    )
    expect(refused).toMatchObject({ statusCode: 400, param: 'tax_behavior' })
  })

  it('have a lookup key to themselves, unless it is transferred', async () => {
    const lookup_key = crypto.randomUUID()
    const first = await stripe.prices.create({ ...flat, lookup_key })
    const refused = await errorOf(stripe.prices.create({ ...flat, lookup_key }))
    expect(refused).toMatchObject({
      statusCode: 400,
      param: 'lookup_key',
      message: `A price (\`${first.id}\`) already uses that lookup key.`,
    })
    await stripe.prices.update(first.id, { lookup_key, active: false })
    const second = await stripe.prices.create({
      ...flat,
      lookup_key,
      transfer_lookup_key: true,
    })
    expect((await stripe.prices.retrieve(first.id)).lookup_key).toBeNull()
    const found = await stripe.prices.list({ lookup_keys: [lookup_key, 'other'] })
    expect(found.data.map(({ id }) => id)).toEqual([second.id])
    const given = await eventsAbout(first.id)
    expect(given.at(-1)).toMatchObject({
      type: 'price.updated',
      data: { previous_attributes: { lookup_key } },
    })
    await stripe.prices.update(first.id, { lookup_key, transfer_lookup_key: true })
    expect((await stripe.prices.retrieve(second.id)).lookup_key).toBeNull()
  })

  it('are listed by what is asked for', async () => {
    const once = await stripe.prices.create(flat)
    const product = String(once.product)
    const base = { unit_amount: 1, product }
    const yen = await stripe.prices.create({ ...base, currency: 'jpy', active: false })
    const monthly = await stripe.prices.create({
      ...base,
      currency: 'eur',
      recurring: { interval: 'month' },
    })
    const idsOf = async (params: Stripe.PriceListParams) =>
      (await stripe.prices.list({ product, ...params })).data.map(({ id }) => id)
    expect(await idsOf({})).toEqual([monthly.id, once.id])
    expect(await idsOf({ active: false })).toEqual([yen.id])
    expect(await idsOf({ currency: 'eur' })).toEqual([monthly.id, once.id])
    expect(await idsOf({ type: 'one_time' })).toEqual([once.id])
    expect(await idsOf({ recurring: { interval: 'month' } })).toEqual([monthly.id])
    expect(await idsOf({ recurring: { interval: 'year' } })).toEqual([])
  })

  it('are missing with Stripe’s words', async () => {
    expect(await errorOf(stripe.prices.retrieve('price_none'))).toMatchObject({
      statusCode: 404,
      code: 'resource_missing',
      param: 'price',
      message: "No such price: 'price_none'",
    })
  })
})
