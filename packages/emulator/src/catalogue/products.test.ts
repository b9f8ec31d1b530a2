import { describe, expect, it } from 'vitest'
import { control, errorOf, stripe } from '../emulator.test-setup.ts'
import { eventsAbout } from './catalogue.test-setup.ts'

describe('products', () => {
  it('are made with all that can be said of them', async () => {
    const id = `tea-${crypto.randomUUID()}`
    const product = await stripe.products.create({
      id,
      name: 'Tea',
      description: 'Green',
      images: ['https://example.com/tea.png'],
      marketing_features: [{ name: 'Loose' }],
      metadata: { shelf: '4' },
      package_dimensions: { height: 1.5, length: 2, weight: 3, width: 4 },
      shippable: true,
      statement_descriptor: 'TEA',
      tax_code: 'txcd_99999999',
      unit_label: 'box',
      url: 'https://example.com/tea',
    })
    expect(product).toMatchObject({
      id,
      object: 'product',
      active: true,
      default_price: null,
      description: 'Green',
      images: ['https://example.com/tea.png'],
      marketing_features: [{ name: 'Loose' }],
      metadata: { shelf: '4' },
      package_dimensions: { height: 1.5, length: 2, weight: 3, width: 4 },
      shippable: true,
      statement_descriptor: 'TEA',
      tax_code: 'txcd_99999999',
      type: 'service',
      unit_label: 'box',
      url: 'https://example.com/tea',
    })
    expect(await stripe.products.retrieve(id)).toEqual(product)
    const again = await errorOf(stripe.products.create({ id, name: 'Tea' }))
    expect(again).toMatchObject({
      statusCode: 400,
      code: 'resource_already_exists',
      message: 'Product already exists.',
    })
  })

  it('bring their default price along', async () => {
    const product = await stripe.products.create({
      name: 'Tea',
      default_price_data: {
        currency: 'eur',
        unit_amount: 900,
        recurring: { interval: 'month' },
      },
      expand: ['default_price'],
    })
    expect(product.default_price).toMatchObject({
      object: 'price',
      product: product.id,
      unit_amount: 900,
      type: 'recurring',
    })
    const events = await eventsAbout(product.id)
    expect(events.map(({ type }) => type)).toEqual([
      'product.created',
      'plan.created',
      'price.created',
      'product.updated',
    ])
    expect(events[3]?.data.previous_attributes).toEqual({ default_price: null })
  })

  it('leave nothing behind when their default price cannot be', async () => {
    const id = `tea-${crypto.randomUUID()}`
    const refused = await errorOf(
      stripe.products.create({
        id,
        name: 'Tea',
        default_price_data: { currency: 'eur', unit_amount: -1 },
      }),
    )
    expect(refused).toMatchObject({
      statusCode: 400,
      param: 'default_price_data[unit_amount]',
    })
    expect(await errorOf(stripe.products.retrieve(id))).toMatchObject({ statusCode: 404 })
    expect(await eventsAbout(id)).toEqual([])
  })

  it('change, and tell what changed', async () => {
    const product = await stripe.products.create({
      name: 'Tea',
      description: 'Green',
      metadata: { a: '1', b: '2' },
    })
    await control('clock/advance', { seconds: '60' })
    const updated = await stripe.products.update(product.id, {
      description: '',
      active: false,
      metadata: { a: '', c: '3' },
    })
    expect(updated).toMatchObject({
      name: 'Tea',
      description: null,
      active: false,
      metadata: { b: '2', c: '3' },
    })
    const [, event] = await eventsAbout(product.id)
    expect(event).toMatchObject({
      type: 'product.updated',
      data: {
        previous_attributes: {
          active: true,
          description: 'Green',
          metadata: { a: '1', c: null },
          updated: product.updated,
        },
      },
    })
    expect(updated.updated).toBeGreaterThanOrEqual(product.updated + 60)
    await control('clock/advance', { seconds: '60' })
    await stripe.products.update(product.id, { active: false })
    expect(await eventsAbout(product.id)).toHaveLength(2)
  })

  it('take as default price only an active one of their own', async () => {
    const product = await stripe.products.create({ name: 'Tea' })
    const [own, others] = await Promise.all([
      stripe.prices.create({ currency: 'eur', unit_amount: 1, product: product.id }),
      stripe.prices.create({
        currency: 'eur',
        unit_amount: 1,
        product_data: { name: 'Milk' },
      }),
    ])
    for (const default_price of [others.id, 'price_none']) {
      const refused = await errorOf(stripe.products.update(product.id, { default_price }))
      expect(refused).toMatchObject({ statusCode: 400, param: 'default_price' })
    }
    const updated = await stripe.products.update(product.id, { default_price: own.id })
    expect(updated.default_price).toBe(own.id)
    const archived = await errorOf(stripe.prices.update(own.id, { active: false }))
    expect(archived.message).toBe(
      'This price cannot be archived because it is the default price of its product.',
    )
  })

  it('are deleted while they have no price', async () => {
    const product = await stripe.products.create({ name: 'Tea' })
    await stripe.prices.create({ currency: 'eur', unit_amount: 1, product: product.id })
    const refused = await errorOf(stripe.products.del(product.id))
    expect(refused).toMatchObject({
      statusCode: 400,
      message:
        'This product cannot be deleted because it has one or more user-created prices.',
    })
    const { id } = await stripe.products.create({ name: 'Tea' })
    expect(await stripe.products.del(id)).toMatchObject({ id, deleted: true })
    expect((await eventsAbout(id)).map(({ type }) => type)).toEqual([
      'product.created',
      'product.deleted',
    ])
    expect(await errorOf(stripe.products.retrieve(id))).toMatchObject({
      statusCode: 404,
      code: 'resource_missing',
      message: `No such product: '${id}'`,
    })
  })

  it('are listed by what is asked for', async () => {
    const url = `https://example.com/${crypto.randomUUID()}`
    const one = await stripe.products.create({ name: 'One', url, shippable: true })
    const two = await stripe.products.create({ name: 'Two', url, active: false })
    const idsOf = async (params: object) =>
      (await stripe.products.list({ url, ...params })).data.map(({ id }) => id)
    expect(await idsOf({})).toEqual([two.id, one.id])
    expect(await idsOf({ active: true })).toEqual([one.id])
    expect(await idsOf({ shippable: true })).toEqual([one.id])
    expect(await idsOf({ ids: [two.id] })).toEqual([two.id])
    expect(await idsOf({ created: { gt: two.created } })).toEqual([])
  })
})
