import type Stripe from 'stripe'
import { afterEach, describe, expect, it } from 'vitest'
import { clientOf, control, emulator, errorOf, stripe } from '../emulator.test-setup.ts'
import { startReceiver } from './receiver.test-setup.ts'

const url = 'https://example.com/hook'

afterEach(() => emulator.reset())

async function endpointFor(
  to: string,
  params: Partial<Stripe.WebhookEndpointCreateParams> = {},
): Promise<Stripe.WebhookEndpoint> {
  return stripe.webhookEndpoints.create({ url: to, enabled_events: ['*'], ...params })
}

describe('webhook endpoints', () => {
  it('are made, changed, listed and deleted', async () => {
    const made = await endpointFor(url, {
      description: 'Orders',
      metadata: { team: 'billing', floor: '2' },
      api_version: '2025-02-24.acacia',
      enabled_events: ['invoice.paid'],
    })
    const { secret, ...whole } = made
    expect(secret).toMatch(/^whsec_\w{32}$/)
    expect(whole).toEqual({
      id: expect.stringMatching(/^we_/),
      object: 'webhook_endpoint',
      api_version: '2025-02-24.acacia',
      application: null,
      created: expect.any(Number),
      description: 'Orders',
      enabled_events: ['invoice.paid'],
      livemode: false,
      metadata: { team: 'billing', floor: '2' },
      status: 'enabled',
      url,
    })
    expect(await stripe.webhookEndpoints.retrieve(made.id)).toEqual(whole)
    const changed = await stripe.webhookEndpoints.update(made.id, {
      description: '',
      disabled: true,
      enabled_events: ['*'],
      metadata: { floor: '' },
    })
    expect(changed).toEqual({
      ...whole,
      description: null,
      enabled_events: ['*'],
      metadata: { team: 'billing' },
      status: 'disabled',
    })
    const other = await endpointFor(url)
    const { data } = await stripe.webhookEndpoints.list()
    expect(data.map(({ id }) => id)).toEqual([other.id, made.id])
    expect(data.every((endpoint) => endpoint.secret === undefined)).toBe(true)
    expect(await stripe.webhookEndpoints.del(made.id)).toEqual({
      id: made.id,
      object: 'webhook_endpoint',
      deleted: true,
    })
    expect(await errorOf(stripe.webhookEndpoints.retrieve(made.id))).toMatchObject({
      statusCode: 404,
      code: 'resource_missing',
    })
  })

  it('are refused a type of event that there is not, and are not changed by that', async () => {
    const unknown = ['invoice.paid', 'invoice.eaten'] as never
    expect(await errorOf(endpointFor(url, { enabled_events: unknown }))).toMatchObject({
      statusCode: 400,
      type: 'StripeInvalidRequestError',
      param: expect.stringMatching(/^enabled_events/),
    })
    const { id } = await endpointFor(url)
    const update = { description: 'new', enabled_events: unknown }
    await errorOf(stripe.webhookEndpoints.update(id, update))
    expect(await stripe.webhookEndpoints.retrieve(id)).toMatchObject({
      description: null,
      enabled_events: ['*'],
    })
  })

  it('can want what came with endive, in the version of the SDK', async () => {
    const params: Partial<Stripe.WebhookEndpointCreateParams> = {
      api_version: '2026-10-28.endive',
      enabled_events: ['three_d_secure.authentication.succeeded'],
    }
    expect(await endpointFor(url, params)).toMatchObject(params)
  })

  it('are 16 at most', async () => {
    for (let count = 0; count < 16; count++) await endpointFor(url)
    expect(await errorOf(endpointFor(url))).toMatchObject({
      statusCode: 400,
      message: expect.stringContaining('maximum of 16'),
    })
    const { data } = await stripe.webhookEndpoints.list({ limit: 100 })
    expect(data).toHaveLength(16)
  })

  it('get every type with * but those that have to be asked for by name', async () => {
    const all = await startReceiver()
    const named = await startReceiver()
    await endpointFor(all.url)
    await endpointFor(named.url, { enabled_events: ['issuing_authorization.request'] })
    await control('events/trigger', { type: 'issuing_authorization.request' })
    await control('events/trigger', { type: 'issuing_authorization.created' })
    await Promise.all([all.atLeast(1), named.atLeast(1)])
    expect([all.types(), named.types()]).toEqual([
      ['issuing_authorization.created'],
      ['issuing_authorization.request'],
    ])
  })

  it('get events of connected accounts only when they are for Connect', async () => {
    const own = await startReceiver()
    const connect = await startReceiver()
    await endpointFor(own.url)
    const { secret } = await endpointFor(connect.url, { connect: true })
    const stripeAccount = 'acct_connected'
    await stripe.customers.create({ name: 'theirs' }, { stripeAccount })
    await stripe.customers.create({ name: 'ours' })
    await Promise.all([own.atLeast(1), connect.atLeast(1)])
    const nameOf = ({ data }: Stripe.Event) => (data.object as Stripe.Customer).name
    expect(own.received.map(({ event }) => nameOf(event))).toEqual(['ours'])
    expect(own.received[0]?.event).not.toHaveProperty('account')
    const [theirs] = connect.received
    const { body = '', signature = '' } = theirs ?? {}
    const event = stripe.webhooks.constructEvent(body, signature, secret ?? '')
    expect(connect.received).toHaveLength(1)
    expect(event).toMatchObject({ account: stripeAccount, context: stripeAccount })
    expect(nameOf(event)).toBe('theirs')
  })

  it('sign with both secrets for as long as the old one lives on, then with one', async () => {
    const receiver = await startReceiver()
    const { id, secret: first = '' } = await endpointFor(receiver.url)
    const roll = async (expires_in: string) =>
      (await control(`webhook_endpoints/${id}/roll_secret`, {
        expires_in,
      })) as Stripe.WebhookEndpoint
    const { secret: second = '' } = await roll('3600')
    expect(second).not.toBe(first)
    const verifies = (secret: string) => {
      const { body = '', signature = '' } = receiver.received.at(-1) ?? {}
      try {
        return stripe.webhooks.constructEvent(body, signature, secret).object === 'event'
      } catch {
        return false
      }
    }
    await stripe.customers.create()
    await receiver.atLeast(1)
    expect(receiver.received[0]?.signature.match(/v1=/g)).toHaveLength(2)
    expect([verifies(first), verifies(second)]).toEqual([true, true])
    await control('clock/advance', { by: '2h' })
    await stripe.customers.create()
    await receiver.atLeast(2)
    expect([verifies(first), verifies(second)]).toEqual([false, true])
    const { secret: third = '' } = await roll('0')
    await stripe.customers.create()
    await receiver.atLeast(3)
    expect([verifies(second), verifies(third)]).toEqual([false, true])
    expect(await roll('86401')).toMatchObject({ error: { param: 'expires_in' } })
    expect(await stripe.webhookEndpoints.retrieve(id)).not.toHaveProperty('secret')
  })

  it('that are unknown have no secret to roll', async () => {
    expect(await control('webhook_endpoints/we_1/roll_secret')).toMatchObject({
      error: { code: 'resource_missing' },
    })
  })

  it('of a connected account get its events', async () => {
    const receiver = await startReceiver()
    const theirs = { stripeAccount: 'acct_other' }
    await stripe.webhookEndpoints.create(
      { url: receiver.url, enabled_events: ['customer.created'] },
      theirs,
    )
    await clientOf(emulator).customers.create()
    await stripe.customers.create({ name: 'theirs' }, theirs)
    await receiver.atLeast(1)
    expect(receiver.received.map(({ event }) => event.account)).toEqual(['acct_other'])
  })
})
