import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type Stripe from 'stripe'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { clientOf, control, errorOf, payment, stripe } from '../emulator.test-setup.ts'
import { startEmulator } from '../index.ts'

describe('webhooks', () => {
  interface Received {
    readonly body: string
    readonly signature: string
  }
  let receiver: Server
  let received: Received[]
  let statuses: number[]
  let endpoint: Stripe.WebhookEndpoint

  beforeAll(async () => {
    receiver = createServer(async (request, response) => {
      let body = ''
      for await (const chunk of request) body += chunk
      received.push({ body, signature: String(request.headers['stripe-signature']) })
      response.writeHead(statuses.shift() ?? 200).end()
      receiver.emit('webhook')
    })
    receiver.listen(0, '127.0.0.1')
    await once(receiver, 'listening')
    const { port } = receiver.address() as AddressInfo
    endpoint = await stripe.webhookEndpoints.create({
      url: `http://127.0.0.1:${port}/hook`,
      enabled_events: ['payment_intent.succeeded'],
    })
  })
  afterAll(() => {
    receiver.close()
  })

  async function pay(): Promise<Stripe.PaymentIntent> {
    received = []
    return stripe.paymentIntents.create({ ...payment, payment_method: 'pm_card_visa' })
  }

  it('carry a signature that the stripe package accepts', async () => {
    statuses = []
    const arrival = once(receiver, 'webhook')
    const { id } = await pay()
    await arrival
    const [webhook] = received as [Received]
    const event = stripe.webhooks.constructEvent(
      webhook.body,
      webhook.signature,
      endpoint.secret ?? '',
    )
    expect(event).toMatchObject({
      type: 'payment_intent.succeeded',
      data: { object: { id } },
    })
    expect(event.request?.idempotency_key).toMatch(/^stripe-node-retry-/)
    expect(await stripe.events.retrieve(event.id)).toMatchObject({
      id: event.id,
      type: event.type,
    })
  })

  it('come again after a non-2xx, with a signature of their own, until one is a 2xx', async () => {
    statuses = [500, 302]
    const thrice = new Promise<void>((resolve) => {
      let count = 0
      receiver.on('webhook', () => {
        count += 1
        if (count === 3) resolve()
      })
    })
    await pay()
    await thrice
    const events = received.map(({ body, signature }) =>
      stripe.webhooks.constructEvent(body, signature, endpoint.secret ?? ''),
    )
    expect(new Set(events.map(({ id }) => id)).size).toBe(1)
  })

  it('wait while they are held, and go when they are released', async () => {
    statuses = []
    await control('deliveries/hold')
    const { id } = await pay()
    expect(received).toEqual([])
    const released = await control('deliveries/release', { object: id })
    expect(received).toHaveLength(1)
    expect(released).toMatchObject({
      deliveries: [
        {
          type: 'payment_intent.succeeded',
          state: 'delivered',
          attempts: [{ status: 200 }],
        },
      ],
    })
    await control('deliveries/unhold')
  })

  it('go once when they are released twice at once', async () => {
    statuses = []
    await control('deliveries/hold')
    const payments = [await pay(), await pay(), await pay()]
    await Promise.all([control('deliveries/release'), control('deliveries/release')])
    expect(received).toHaveLength(payments.length)
    await control('deliveries/unhold')
  })

  it('are told of without the password of their endpoint, which is sent there all the same', async () => {
    statuses = []
    const { port } = receiver.address() as AddressInfo
    const lines: string[] = []
    const own = await startEmulator({ onDelivery: (one) => lines.push(one.url) })
    const client = clientOf(own)
    const url = `http://ada:p%40ss@127.0.0.1:${port}/hook`
    await client.webhookEndpoints.create({ url, enabled_events: ['customer.created'] })
    const authorized = once(receiver, 'request')
    await client.customers.create()
    const [request] = await authorized
    expect(request.headers.authorization).toMatch(/^Basic /)
    await own.settled()
    const listed = await fetch(`${own.url}/_emulator/deliveries`)
    const { deliveries } = (await listed.json()) as { deliveries: { url: string }[] }
    const shown = `http://127.0.0.1:${port}/hook`
    expect([...lines, ...deliveries.map((one) => one.url)]).toEqual([shown, shown])
    await own.stop()
  })

  it('tell the secret only when the endpoint is made', async () => {
    expect(endpoint.secret).toMatch(/^whsec_\w{32}$/)
    expect(await stripe.webhookEndpoints.retrieve(endpoint.id)).not.toHaveProperty(
      'secret',
    )
  })

  it('stop when their endpoint is disabled or deleted while they are under way', async () => {
    for (const end of [
      (id: string) => stripe.webhookEndpoints.update(id, { disabled: true }),
      (id: string) => stripe.webhookEndpoints.del(id),
    ]) {
      const { id } = await stripe.webhookEndpoints.create({
        url: endpoint.url,
        enabled_events: ['customer.created'],
      })
      await control('deliveries/hold')
      received = []
      const customer = await stripe.customers.create()
      await end(id)
      expect(await control('deliveries/release', { object: customer.id })).toMatchObject({
        deliveries: [{ state: 'given_up', attempts: [] }],
      })
      await control('deliveries/unhold')
      await stripe.customers.create()
      const held = await control('deliveries/release')
      expect([held, received]).toEqual([{ deliveries: [] }, []])
    }
  })

  it('survive an endpoint that does not answer, and end with the emulator', async () => {
    const hung = createServer(() => {}).listen(0, '127.0.0.1')
    await once(hung, 'listening')
    const { port } = hung.address() as AddressInfo
    const own = await startEmulator({ webhookTimeoutMs: 60_000 })
    const client = clientOf(own)
    const url = `http://127.0.0.1:${port}`
    await client.webhookEndpoints.create({ url, enabled_events: ['*'] })
    const arrival = once(hung, 'request')
    await client.customers.create()
    const [message] = await arrival
    const closed = once(message.socket, 'close')
    await own.stop()
    await closed
    hung.close()
  })

  it.each(['http://x:99999/', 'http://[::1', 'http://exa mple', 'http:', 'ftp://x'])(
    'cannot be sent to %s',
    async (url) => {
      const created = stripe.webhookEndpoints.create({ url, enabled_events: ['*'] })
      expect(await errorOf(created)).toMatchObject({
        statusCode: 400,
        code: 'url_invalid',
      })
    },
  )
})
