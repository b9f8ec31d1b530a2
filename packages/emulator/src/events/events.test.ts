import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import { clientOf, control, emulator, errorOf, stripe } from '../emulator.test-setup.ts'
import { startEmulator } from '../index.ts'

afterEach(() => emulator.reset())

async function typesOf(params: Parameters<typeof stripe.events.list>[0]) {
  return (await stripe.events.list(params)).data.map(({ type }) => type)
}

describe('events', () => {
  it('are found by one type, by a group, or by several types', async () => {
    const { id } = await stripe.customers.create()
    await stripe.customers.update(id, { name: 'b' })
    await stripe.customers.del(id)
    expect(await typesOf({ type: 'customer.updated' })).toEqual(['customer.updated'])
    expect(await typesOf({ type: 'customer.*' })).toEqual([
      'customer.deleted',
      'customer.updated',
      'customer.created',
    ])
    expect(await typesOf({ types: ['customer.created', 'customer.deleted'] })).toEqual([
      'customer.deleted',
      'customer.created',
    ])
    expect(await typesOf({ type: 'invoice.*' })).toEqual([])
    const both = { type: 'customer.*', types: ['customer.created'] }
    expect(await errorOf(stripe.events.list(both))).toMatchObject({ statusCode: 400 })
  })

  it('are found by their time and in pages', async () => {
    const first = await stripe.customers.create()
    await control('clock/advance', { by: '1h' })
    await stripe.customers.create()
    await stripe.customers.create()
    const after = { gt: first.created }
    expect((await stripe.events.list({ created: after })).data).toHaveLength(2)
    const page = await stripe.events.list({ limit: 2 })
    expect(page.has_more).toBe(true)
    const last = page.data.at(-1)?.id ?? ''
    const rest = await stripe.events.list({ starting_after: last })
    expect(rest).toMatchObject({ has_more: false, data: [{ created: first.created }] })
  })

  it('say who caused them', async () => {
    const { lastResponse } = await stripe.customers.create(
      {},
      { idempotencyKey: 'a-key' },
    )
    const [event] = (await stripe.events.list()).data
    expect(event).toMatchObject({
      object: 'event',
      api_version: '2026-10-28.endive',
      livemode: false,
      pending_webhooks: 0,
      request: { id: lastResponse.requestId, idempotency_key: 'a-key' },
    })
    expect(event).not.toHaveProperty('account')
    expect(event).not.toHaveProperty('context')
    expect(await stripe.events.retrieve(event?.id ?? '')).toEqual(event)
  })

  it('of a connected account are its own', async () => {
    const theirs = { stripeAccount: 'acct_theirs' }
    await stripe.customers.create({}, theirs)
    const { data } = await stripe.events.list({}, theirs)
    expect(data).toMatchObject([{ account: 'acct_theirs', context: 'acct_theirs' }])
    expect((await stripe.events.list()).data).toEqual([])
    const id = data[0]?.id ?? ''
    expect(await errorOf(stripe.events.retrieve(id))).toMatchObject({ statusCode: 404 })
    expect(await stripe.events.retrieve(id, {}, theirs)).toEqual(data[0])
  })

  it('keep the object as it was', async () => {
    const { id } = await stripe.customers.create({ name: 'a', metadata: { k: '1' } })
    await stripe.customers.update(id, { name: 'b', metadata: { k: '2', l: '3' } })
    const [updated, created] = (await stripe.events.list()).data
    expect(created?.data).toMatchObject({ object: { name: 'a', metadata: { k: '1' } } })
    expect(created?.data).not.toHaveProperty('previous_attributes')
    expect(updated?.data).toMatchObject({
      object: { name: 'b', metadata: { k: '2', l: '3' } },
      previous_attributes: { name: 'a', metadata: { k: '1', l: null } },
    })
  })

  it('are forgotten after 30 days', async () => {
    await stripe.customers.create()
    const [event] = (await stripe.events.list()).data
    const id = event?.id ?? ''
    await control('clock/advance', { by: '29d' })
    await stripe.customers.create()
    expect(await stripe.events.retrieve(id)).toMatchObject({ id })
    await control('clock/advance', { by: '2d' })
    expect(await errorOf(stripe.events.retrieve(id))).toMatchObject({ statusCode: 404 })
    expect(await typesOf({})).toEqual(['customer.created'])
  })

  it('are forgotten when there are too many', async () => {
    const own = await startEmulator({ eventRetention: 3 })
    onTestFinished(() => own.stop())
    const client = clientOf(own)
    for (const name of ['a', 'b', 'c', 'd', 'e']) await client.customers.create({ name })
    const { data } = await client.events.list()
    expect(
      data.map(({ data: { object } }) => (object as { name?: string }).name),
    ).toEqual(['e', 'd', 'c'])
  })
})
