import { describe, expect, it } from 'vitest'
import { errorOf, payment, stripe } from '../emulator.test-setup.ts'

describe('search', () => {
  it('finds customers by every field that Stripe searches', async () => {
    const mark = crypto.randomUUID()
    const ada = await stripe.customers.create({
      email: `Ada.${mark}@example.com`,
      name: `Ada ${mark}`,
      phone: '+4912345',
      metadata: { mark },
    })
    const bob = await stripe.customers.create({ name: `Bob ${mark}`, metadata: { mark } })
    const found = async (query: string) =>
      (await stripe.customers.search({ query })).data.map(({ id }) => id)
    const both = [bob.id, ada.id]
    expect(await found(`metadata['mark']:'${mark}'`)).toEqual(both)
    expect(await found(`email:'ada.${mark}@EXAMPLE.com'`)).toEqual([ada.id])
    expect(await found(`email:'ada'`)).toEqual([])
    expect(await found(`name~'${mark}' AND email:null`)).toEqual([bob.id])
    expect(await found(`name~"${mark}" -email:null phone:"+4912345"`)).toEqual([ada.id])
    expect(await found(`metadata["mark"]:"${mark}" -name~"bob"`)).toEqual([ada.id])
    expect(await found(`name:"ada ${mark}" OR name:"bob ${mark}"`)).toEqual(both)
    const mine = `metadata["mark"]:"${mark}"`
    expect(await found(`${mine} created>=${ada.created}`)).toEqual(both)
    expect(await found(`${mine} created<${ada.created}`)).toEqual([])
    expect(await found(`${mine} metadata["other"]:null`)).toEqual(both)
  })

  it('pages, also while what it finds is deleted', async () => {
    const mark = crypto.randomUUID()
    const ids: string[] = []
    for (let index = 0; index < 5; index++)
      ids.unshift((await stripe.customers.create({ metadata: { mark } })).id)
    const query = `metadata['mark']:'${mark}'`
    const first = await stripe.customers.search({
      query,
      limit: 2,
      expand: ['total_count'],
    })
    expect(first).toMatchObject({
      object: 'search_result',
      has_more: true,
      total_count: 5,
      url: '/v1/customers/search',
    })
    const second = await stripe.customers.search({
      query,
      limit: 2,
      page: first.next_page ?? '',
    })
    expect(second.data.map(({ id }) => id)).toEqual(ids.slice(2, 4))
    expect(second).not.toHaveProperty('total_count')
    const others = await errorOf(
      stripe.customers.search({ query: 'created>0', page: first.next_page ?? '' }),
    )
    expect(others).toMatchObject({ statusCode: 400, param: 'page' })
    const seen: string[] = []
    for await (const { id } of stripe.customers.search({ query, limit: 2 })) {
      seen.push(id)
      await stripe.customers.del(id)
    }
    expect(seen).toEqual(ids)
    const after = await stripe.customers.search({ query })
    expect(after).toMatchObject({ data: [], has_more: false, next_page: null })
  })

  it('finds products and prices', async () => {
    const mark = crypto.randomUUID()
    const product = await stripe.products.create({
      name: `Tea ${mark}`,
      default_price_data: { currency: 'eur', unit_amount: 5, metadata: { mark } },
    })
    const products = await stripe.products.search({
      query: `active:'true' AND name~'${mark}'`,
      expand: ['data.default_price'],
    })
    expect(products.data).toMatchObject([
      { id: product.id, default_price: { unit_amount: 5 } },
    ])
    const prices = await stripe.prices.search({
      query: `product:'${product.id}' type:'one_time' currency:'EUR'`,
    })
    expect(prices.data.map(({ id }) => id)).toEqual([product.default_price])
  })

  it('finds payments and their charges', async () => {
    const mark = crypto.randomUUID()
    const intent = await stripe.paymentIntents.create({
      ...payment,
      payment_method: 'pm_card_visa',
      metadata: { mark },
    })
    const intents = await stripe.paymentIntents.search({
      query: `metadata['mark']:'${mark}' AND status:'succeeded' AND amount>1999`,
    })
    expect(intents.data.map(({ id }) => id)).toEqual([intent.id])
    const charges = await stripe.charges.search({
      query: `metadata['mark']:'${mark}' payment_method_details.card.last4:4242 refunded:'false'`,
    })
    expect(charges.data.map(({ payment_intent }) => payment_intent)).toEqual([intent.id])
  })

  it.each([
    ['foo:"bar"', 'Field `foo` is an unsupported search field for resource `customers`.'],
    ['status:"active"', 'Field `status` is an unsupported search field'],
    ['__proto__:"a"', 'Field `__proto__` is an unsupported search field'],
    ['asdf', 'We were unable to parse your search query.'],
    ['email~"am"', 'at least 3 characters'],
    ['email>"amy"', 'does not support the operator `>`'],
    ['created~"123"', 'does not support the operator `~`'],
    ['created:"soon"', 'is a number'],
    ['created>null', 'null can only be searched for'],
  ])('refuses %s', async (query, message) => {
    const error = await errorOf(stripe.customers.search({ query }))
    expect(error).toMatchObject({
      statusCode: 400,
      type: 'StripeInvalidRequestError',
      param: 'query',
    })
    expect(error.message).toContain(message)
  })

  it.each(['invoices', 'subscriptions'] as const)('searches %s', async (resource) => {
    const found = await stripe[resource].search({ query: "status:'none'" })
    expect(found).toMatchObject({ object: 'search_result', data: [] })
    const refused = await errorOf(
      stripe[resource].search({ query: "status:'none'", page: 'x' }),
    )
    expect(refused).toMatchObject({ statusCode: 400, param: 'page' })
  })
})
