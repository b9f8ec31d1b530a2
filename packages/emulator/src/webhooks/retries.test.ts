import type Stripe from 'stripe'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { clientOf } from '../emulator.test-setup.ts'
import { type Emulator, startEmulator } from '../index.ts'
import { eventually, startReceiver } from './receiver.test-setup.ts'

/** Its clock stands still until it is moved. */
const frozen: Emulator = await startEmulator({
  seed: 7,
  retryDelaysMs: [60_000, 3_600_000],
})
const stripe = clientOf(frozen)
afterEach(() => frozen.reset())
afterAll(() => frozen.stop())

async function endpointFor(url: string): Promise<Stripe.WebhookEndpoint> {
  return stripe.webhookEndpoints.create({ url, enabled_events: ['customer.created'] })
}

/** How many attempts each delivery has seen. */
async function states(): Promise<string[]> {
  const response = await fetch(`${frozen.url}/_emulator/deliveries`)
  const { deliveries } = (await response.json()) as {
    deliveries: { state: string; attempts: unknown[] }[]
  }
  return deliveries.map(({ state, attempts }) => `${state} ${attempts.length}`)
}

describe('deliveries', () => {
  it("are retried on the emulator's clock, with the same bytes and a time of their own", async () => {
    const receiver = await startReceiver((response) => response.writeHead(500).end())
    const { secret = '' } = await endpointFor(receiver.url)
    await stripe.customers.create()
    await eventually(async () => expect(await states()).toEqual(['waiting 1']))
    await frozen.clock.advance(59)
    expect(receiver.received).toHaveLength(1)
    await frozen.clock.advance(1)
    await eventually(async () => expect(await states()).toEqual(['waiting 2']))
    await frozen.clock.advance(3_600)
    await eventually(async () => expect(await states()).toEqual(['given_up 3']))
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1)
    // The clock of the emulator is somewhere else; the signature has the real time.
    for (const { body, signature } of receiver.received) {
      stripe.webhooks.constructEvent(body, signature, secret)
    }
  })

  it('count as pending until a 2xx', async () => {
    let status = 503
    const receiver = await startReceiver((response) => response.writeHead(status).end())
    await endpointFor(receiver.url)
    await stripe.customers.create()
    await eventually(async () => expect(await states()).toEqual(['waiting 1']))
    const pending = await stripe.events.list({ delivery_success: false })
    expect(pending.data.map(({ pending_webhooks }) => pending_webhooks)).toEqual([1])
    expect((await stripe.events.list({ delivery_success: true })).data).toEqual([])
    status = 299
    await frozen.clock.advance(60)
    await eventually(async () => expect(await states()).toEqual(['delivered 2']))
    const delivered = await stripe.events.list({ delivery_success: true })
    expect(delivered.data.map(({ pending_webhooks }) => pending_webhooks)).toEqual([0])
    // The body is that of the first attempt all the same.
    expect(receiver.received.map(({ event }) => event.pending_webhooks)).toEqual([1, 1])
  })

  it('go on when the endpoint is enabled again before the next retry, and else end', async () => {
    let status = 500
    const receiver = await startReceiver((response) => response.writeHead(status).end())
    const { id } = await endpointFor(receiver.url)
    await stripe.customers.create()
    await eventually(async () => expect(await states()).toEqual(['waiting 1']))
    await stripe.webhookEndpoints.update(id, { disabled: true })
    await frozen.clock.advance(30)
    await stripe.webhookEndpoints.update(id, { disabled: false })
    await frozen.clock.advance(30)
    await eventually(async () => expect(await states()).toEqual(['waiting 2']))
    await stripe.webhookEndpoints.update(id, { disabled: true })
    status = 200
    await frozen.clock.advance(3_600)
    await eventually(async () => expect(await states()).toEqual(['given_up 2']))
    await stripe.webhookEndpoints.update(id, { disabled: false })
    await frozen.clock.advance(86_400)
    expect(await states()).toEqual(['given_up 2'])
  })

  it('can be sent again later, unchanged', async () => {
    const receiver = await startReceiver()
    await endpointFor(receiver.url)
    const { id } = await stripe.customers.create({ name: 'before' })
    await receiver.atLeast(1)
    await stripe.customers.update(id, { name: 'after' })
    const [event] = (await stripe.events.list({ type: 'customer.created' })).data
    const resent = await fetch(`${frozen.url}/_emulator/deliveries/resend`, {
      method: 'POST',
      body: new URLSearchParams({ event: event?.id ?? '' }),
    })
    expect(await resent.json()).toMatchObject({ deliveries: [{ state: 'delivered' }] })
    const [first, second] = receiver.received
    expect(second?.body).toBe(first?.body)
  })

  it.each([
    [500, 'draft'],
    [200, 'paid'],
  ])(
    'of invoice.created that are answered with %i leave the invoice %s after its hour',
    async (status, expected) => {
      const receiver = await startReceiver((response) => response.writeHead(status).end())
      const { url } = receiver
      await stripe.webhookEndpoints.create({ url, enabled_events: ['invoice.created'] })
      const { id: customer } = await stripe.customers.create()
      const { id = '' } = await stripe.invoices.create({ customer, auto_advance: true })
      await eventually(async () => expect((await states())[0]).toMatch(/ 1$/))
      await frozen.clock.advance(2 * 3_600)
      expect(await stripe.invoices.retrieve(id)).toMatchObject({ status: expected })
      await frozen.clock.advance(73 * 3_600)
      expect(await stripe.invoices.retrieve(id)).toMatchObject({ status: 'paid' })
    },
  )
})
