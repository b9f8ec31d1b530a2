import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { clientOf, control, emulator, stripe } from '../emulator.test-setup.ts'
import { startEmulator } from '../index.ts'
import {
  eventually,
  type Receiver,
  startReceiver,
} from '../webhooks/receiver.test-setup.ts'

let receiver: Receiver
/** The greatest number of webhooks that were under way at once. */
let most: number

beforeEach(async () => {
  most = 0
  let under = 0
  receiver = await startReceiver((response) => {
    under++
    most = Math.max(most, under)
    setTimeout(() => {
      under--
      response.end()
    }, 20)
  })
  await stripe.webhookEndpoints.create({ url: receiver.url, enabled_events: ['*'] })
})
afterEach(() => emulator.reset())

/** Names of the customers, in the order in which their webhooks came. */
function names(): unknown[] {
  return receiver.received.map(
    ({ event }) => (event.data.object as { name?: string }).name,
  )
}

async function customers(...wanted: string[]): Promise<void> {
  for (const name of wanted) await stripe.customers.create({ name })
}

describe('webhooks on demand', () => {
  it('come twice, one after the other', async () => {
    await control('faults', { kind: 'duplicate', type: 'customer.*' })
    await customers('a', 'b')
    await receiver.atLeast(3)
    const [first, ...others] = receiver.received.filter(
      ({ event }) => (event.data.object as { name?: string }).name === 'a',
    )
    expect(others.map(({ body }) => body)).toEqual([first?.body])
    expect(names().filter((name) => name === 'b')).toHaveLength(1)
  })

  it('come as copies at the same moment', async () => {
    await control('faults', { kind: 'concurrent', copies: '5' })
    await customers('a')
    await receiver.atLeast(5)
    expect(new Set(receiver.received.map(({ body }) => body)).size).toBe(1)
    expect(most).toBe(5)
  })

  it('are overtaken by the next event', async () => {
    await control('faults', { kind: 'reorder', delay_ms: '60000' })
    await customers('a', 'b', 'c')
    await receiver.atLeast(3)
    expect(names().indexOf('a')).toBeGreaterThan(names().indexOf('b'))
    expect(receiver.received).toHaveLength(3)
  })

  it('that nothing overtakes come when their time is over, once', async () => {
    await control('faults', { kind: 'reorder', delay_ms: '60000' })
    await customers('a')
    expect(receiver.received).toEqual([])
    await control('clock/advance', { by: '61s' })
    await receiver.atLeast(1)
    await customers('b')
    await receiver.atLeast(2)
    await customers('c')
    await eventually(async () => {
      const response = await fetch(`${emulator.url}/_emulator/deliveries`)
      const { deliveries } = (await response.json()) as {
        deliveries: { state: string }[]
      }
      expect(deliveries.map(({ state }) => state)).toEqual(Array(3).fill('delivered'))
    })
    expect(names()).toEqual(['a', 'b', 'c'])
  })

  it('that are overtaken and refused come again at the time of that, not before', async () => {
    const refusing = await startReceiver((response) => {
      response.writeHead(500).end()
    })
    const own = await startEmulator({ seed: 1, retryDelaysMs: [1_000, 60_000] })
    onTestFinished(() => own.stop())
    const client = clientOf(own)
    await client.webhookEndpoints.create({ url: refusing.url, enabled_events: ['*'] })
    await fetch(`${own.url}/_emulator/faults`, {
      method: 'POST',
      body: new URLSearchParams({ kind: 'reorder', delay_ms: '5000' }),
    })
    await client.customers.create()
    await client.customers.create()
    await own.settled()
    await own.clock.advance(1)
    await own.settled()
    expect(refusing.received).toHaveLength(4)
    await own.clock.advance(5)
    await own.settled()
    expect(refusing.received).toHaveLength(4)
  })

  it('come later', async () => {
    await control('faults', {
      kind: 'delay',
      delay_ms: '600000',
      type: 'customer.created',
    })
    await customers('a', 'b')
    await receiver.atLeast(1)
    expect(names()).toEqual(['b'])
    await control('clock/advance', { by: '11m' })
    await receiver.atLeast(2)
    expect(names()).toEqual(['b', 'a'])
  })

  it('are held until they are released', async () => {
    const { id } = await stripe.customers.create({ name: 'a' })
    await control('faults', { kind: 'hold', object: id })
    await stripe.customers.update(id, { name: 'b' })
    await customers('c')
    await receiver.atLeast(2)
    expect(names().sort()).toEqual(['a', 'c'])
    await control('deliveries/release', { object: id })
    expect(names()).toContain('b')
  })

  it('are lost, and can be sent again', async () => {
    await control('faults', { kind: 'drop', type: 'customer.created' })
    const { id } = await stripe.customers.create({ name: 'lost' })
    await customers('b')
    await receiver.atLeast(1)
    const undelivered = async () =>
      (await stripe.events.list({ delivery_success: false })).data
    await eventually(async () =>
      expect(await undelivered()).toMatchObject([{ data: { object: { id } } }]),
    )
    const [event] = await undelivered()
    expect(names()).toEqual(['b'])
    await control('deliveries/resend', { event: event?.id ?? '' })
    expect(names()).toEqual(['b', 'lost'])
    expect(await undelivered()).toEqual([])
  })

  it('come of two events for one change', async () => {
    await control('faults', { kind: 'twin' })
    await customers('a', 'b')
    await receiver.atLeast(3)
    const { data } = await stripe.events.list({ type: 'customer.created' })
    expect(data).toHaveLength(3)
    const twins = receiver.received
      .map(({ event }) => event)
      .filter((event) => (event.data.object as { name?: string }).name === 'a')
    expect(new Set(twins.map(({ id }) => id)).size).toBe(2)
    expect(twins[0]).toEqual({ ...twins[1], id: twins[0]?.id })
  })

  it('go wrong so often as asked for, and tell how often they have', async () => {
    await control('faults', { kind: 'drop', type: 'customer.created', count: '2' })
    await customers('a', 'b', 'c')
    await receiver.atLeast(1)
    expect(names()).toEqual(['c'])
    const response = await fetch(`${emulator.url}/_emulator/faults`)
    expect(await response.json()).toMatchObject({
      deliveries: { faults: [{ kind: 'drop', remaining: 0, happened: 2 }] },
    })
  })

  it.each([
    [{ kind: 'explode' }, 'kind'],
    [{ kind: 'drop', count: '0' }, 'count'],
    [{ kind: 'drop', count: 'many' }, 'count'],
    [{ kind: 'drop', type: 'invoice.eaten' }, 'type'],
    [{ kind: 'drop', copies: '2' }, 'copies'],
    [{ kind: 'concurrent', copies: '21' }, 'copies'],
    [{ kind: 'duplicate', delay_ms: '5' }, 'delay_ms'],
    [{ kind: 'delay', delay: '5' }, 'delay'],
  ])('cannot go wrong as in %o', async (params, param) => {
    expect(await control('faults', params as Record<string, string>)).toMatchObject({
      error: { type: 'invalid_request_error', param },
    })
    await customers('a')
    await receiver.atLeast(1)
    expect(receiver.received).toHaveLength(1)
  })
})

describe('webhooks by chance', () => {
  it('go wrong in the same way with the same seed, and all arrive', async () => {
    async function run(faultRate: number): Promise<string[]> {
      const target = await startReceiver()
      const own = await startEmulator({ seed: 3, faultRate: 0 })
      onTestFinished(() => own.stop())
      const client = clientOf(own)
      await client.webhookEndpoints.create({ url: target.url, enabled_events: ['*'] })
      await fetch(`${own.url}/_emulator/faults/random`, {
        method: 'POST',
        body: new URLSearchParams({ side: 'deliveries', rate: String(faultRate) }),
      })
      const made: string[] = []
      for (let count = 0; count < 30; count++) {
        made.push((await client.customers.create()).id)
      }
      await own.clock.advance(60)
      const received = () =>
        target.received.map(({ event }) => (event.data.object as { id: string }).id)
      await eventually(() => expect(new Set(received())).toEqual(new Set(made)))
      const response = await fetch(`${own.url}/_emulator/deliveries`)
      const { deliveries } = (await response.json()) as {
        deliveries: { event: string }[]
      }
      return deliveries.map(({ event }) => event)
    }
    const [first, second, without] = [await run(0.5), await run(0.5), await run(0)]
    expect(first).toEqual(second)
    expect(first?.length).toBeGreaterThan(30)
    expect(without).toHaveLength(30)
  })
})
