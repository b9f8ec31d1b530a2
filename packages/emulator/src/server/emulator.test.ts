import { once } from 'node:events'
import Stripe from 'stripe'
import { describe, expect, it, onTestFinished } from 'vitest'
import { emulator, stripe } from '../emulator.test-setup.ts'
import {
  type DeliveryAttempt,
  type Emulator,
  type EmulatorOptions,
  type LoggedRequest,
  startEmulator,
} from '../index.ts'
import { startReceiver } from '../webhooks/receiver.test-setup.ts'

async function startOwn(options: EmulatorOptions = {}): Promise<{
  readonly own: Emulator
  readonly client: Stripe
}> {
  const own = await startEmulator(options)
  onTestFinished(() => own.stop())
  const client = new Stripe(own.secretKey, { ...own.stripeConfig, maxNetworkRetries: 0 })
  return { own, client }
}

describe('an emulator', () => {
  it('stands beside others, and shares nothing with them', async () => {
    const { client, own } = await startOwn({ seed: 1 })
    const { client: other } = await startOwn({ seed: 1 })
    const { id, created } = await client.customers.create()
    await own.clock.advance(60)
    expect(await other.customers.create()).toMatchObject({ id, created })
    const second = await client.customers.create()
    await expect(other.customers.retrieve(second.id)).rejects.toMatchObject({
      statusCode: 404,
    })
  })

  it('has a key for browsers, which may do little', async () => {
    const { own } = await startOwn()
    const browser = new Stripe(own.publishableKey, own.stripeConfig)
    await expect(browser.customers.list()).rejects.toMatchObject({
      code: 'secret_key_required',
    })
  })

  it('begins anew with a reset: the same ids, the same time', async () => {
    const { own, client } = await startOwn({ seed: 'again' })
    const oneRun = async () => {
      await own.clock.advance(3_600)
      const { id, created } = await client.customers.create()
      return { id, created, now: own.clock.now() }
    }
    const first = await oneRun()
    expect(first.now).toEqual(new Date('2026-01-01T01:00:00Z'))
    own.reset()
    expect((await client.customers.list()).data).toEqual([])
    own.reset()
    expect(await oneRun()).toEqual(first)
  })

  it('is settled when every webhook has been answered', async () => {
    const answered: string[] = []
    const { url } = await startReceiver((response, { event }) => {
      setTimeout(() => {
        answered.push(event.type)
        response.end()
      }, 30)
    })
    await emulator.settled()
    await stripe.webhookEndpoints.create({ url, enabled_events: ['*'] })
    await stripe.customers.create()
    await stripe.products.create({ name: 'Pro' })
    expect(answered).toEqual([])
    await emulator.settled()
    expect(answered.sort()).toEqual(['customer.created', 'product.created'])
    emulator.reset()
  })

  it('is settled although a webhook waits to be sent again, or nobody ever answers it', async () => {
    const refusing = await startReceiver((response) => {
      response.writeHead(500).end()
    })
    const { own, client } = await startOwn({ seed: 1 })
    await client.webhookEndpoints.create({ url: refusing.url, enabled_events: ['*'] })
    await client.customers.create()
    await own.settled()
    expect(refusing.received).toHaveLength(1)
    const silent = await startReceiver(() => {})
    await client.webhookEndpoints.create({ url: silent.url, enabled_events: ['*'] })
    await client.customers.create()
    await silent.atLeast(1)
    const settled = own.settled()
    own.reset()
    await settled
  })

  it('tells of each request, and of each attempt to deliver', async () => {
    const requests: LoggedRequest[] = []
    const attempts: DeliveryAttempt[] = []
    const { url } = await startReceiver()
    const { own, client } = await startOwn({
      seed: 1,
      webhookEndpoints: [{ url, secret: 'whsec_known' }],
      onRequest: (request) => requests.push(request),
      onDelivery: (attempt) => attempts.push(attempt),
    })
    const { id } = await client.customers.create()
    await client.customers.retrieve('cus_none').catch(() => undefined)
    await own.settled()
    const at = 1_767_225_600
    expect(requests).toMatchObject([
      {
        method: 'POST',
        path: '/v1/customers',
        status: 200,
        objectId: id,
        errorCode: null,
      },
      { path: '/v1/customers/cus_none', status: 404, errorCode: 'resource_missing', at },
    ])
    expect(attempts).toEqual([
      {
        delivery: 'dlv_1',
        event: expect.stringMatching(/^evt_/),
        type: 'customer.created',
        account: null,
        endpoint: expect.stringMatching(/^we_/),
        url,
        attempt: 1,
        at,
        status: 200,
        error: null,
        durationMs: expect.any(Number),
        nextAt: null,
      },
    ])
  })

  it('says what a listener throws, and answers all the same', async () => {
    const problems: string[] = []
    const { client } = await startOwn({
      onRequest: () => {
        throw new Error('not written')
      },
      onProblem: (line) => problems.push(line),
    })
    expect((await client.customers.create()).object).toBe('customer')
    expect(problems).toEqual([expect.stringContaining('Error: not written')])
  })

  it('says it as a warning of the process when nobody listens', async () => {
    const warning = once(process, 'warning')
    const { client } = await startOwn({
      onRequest: () => {
        throw new Error('not written')
      },
    })
    await client.customers.create()
    expect((await warning)[0]).toMatchObject({
      name: 'EmulatorWarning',
      message: expect.stringContaining('not written'),
    })
  })
})

describe('the clock', () => {
  it.each([{ by: '999999y' }, { by: '8000y' }, { to: '99999999999999' }])(
    'is not moved to where no calendar goes: %o',
    async (to) => {
      const { own, client } = await startOwn({ seed: 1 })
      const before = own.clock.now()
      const response = await fetch(`${own.url}/_emulator/clock/advance`, {
        method: 'POST',
        body: new URLSearchParams(to as unknown as Record<string, string>),
      })
      expect(response.status).toBe(400)
      expect(own.clock.now()).toEqual(before)
      expect((await client.customers.create()).created).toBe(before.getTime() / 1_000)
    },
  )

  it('is not moved by what is no number', async () => {
    const { own } = await startOwn({ seed: 1 })
    await expect(own.clock.advance(Number.NaN)).rejects.toThrow(/year 9999/)
    await expect(own.clock.advanceTo(new Date('never'))).rejects.toThrow(/year 9999/)
    expect(own.clock.now()).toEqual(new Date('2026-01-01T00:00:00Z'))
  })
})

describe('the webhook endpoints that it is given', () => {
  it('are there after a reset too, with the same secret', async () => {
    const receiver = await startReceiver()
    const secret = 'whsec_given'
    const webhookEndpoints = [{ url: receiver.url, secret }]
    const { own, client } = await startOwn({ webhookEndpoints })
    const [before] = (await client.webhookEndpoints.list()).data
    own.reset()
    expect((await client.webhookEndpoints.list()).data).toMatchObject([
      { id: before?.id },
    ])
    await client.customers.create()
    const [received] = await receiver.atLeast(1)
    const { body = '', signature = '' } = received ?? {}
    expect(client.webhooks.constructEvent(body, signature, secret).object).toBe('event')
  })

  it('change no id of an object', async () => {
    const idOf = async (options: EmulatorOptions) => {
      const { client } = await startOwn({ seed: 1, ...options })
      return (await client.customers.create()).id
    }
    const { url } = await startReceiver()
    expect(await idOf({ webhookEndpoints: [{ url, secret: 'whsec_x' }] })).toBe(
      await idOf({}),
    )
  })

  it('are refused like any other, and leave nothing running', async () => {
    const webhookEndpoints = [
      { url: 'http://localhost', secret: 'whsec_x', enabledEvents: ['invoice.eaten'] },
    ]
    await expect(startEmulator({ webhookEndpoints })).rejects.toThrow(
      /enabled_events\[0\]/,
    )
  })
})
