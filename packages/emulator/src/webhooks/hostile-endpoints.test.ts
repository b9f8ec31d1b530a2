import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { afterEach, describe, expect, it, onTestFinished } from 'vitest'
import { clientOf, emulator, stripe } from '../emulator.test-setup.ts'
import { startEmulator } from '../index.ts'
import { eventually, startReceiver } from './receiver.test-setup.ts'

afterEach(() => emulator.reset())

interface Listed {
  readonly deliveries: readonly {
    readonly url: string
    readonly state: string
    readonly attempts: readonly { readonly status?: number; readonly error?: string }[]
  }[]
}

async function deliveriesTo(
  url: string,
  base = emulator.url,
): Promise<Listed['deliveries']> {
  const response = await fetch(`${base}/_emulator/deliveries`)
  const { deliveries } = (await response.json()) as Listed
  return deliveries.filter((one) => one.url === url)
}

async function endpointFor(url: string): Promise<void> {
  await stripe.webhookEndpoints.create({ url, enabled_events: ['customer.created'] })
}

describe('a webhook endpoint', () => {
  it('that answers 100 MB is read no further than it counts', async () => {
    let sent = 0
    let isOver = false
    const receiver = await startReceiver((response) => {
      const chunk = Buffer.alloc(65_536)
      const pump = () => {
        while (sent < 104_857_600 && !response.destroyed) {
          sent += chunk.length
          if (!response.write(chunk)) {
            response.once('drain', pump)
            return
          }
        }
        response.end()
      }
      response.once('close', () => {
        isOver = true
      })
      pump()
    })
    await endpointFor(receiver.url)
    await stripe.customers.create()
    await eventually(() => expect(isOver).toBe(true))
    expect(await deliveriesTo(receiver.url)).toMatchObject([
      { state: 'delivered', attempts: [{ status: 200 }] },
    ])
    expect(sent).toBeLessThan(33_554_432)
  })

  it.each([301, 302, 307, 308])(
    'that redirects with %i has failed, and is not followed',
    async (status) => {
      const target = await startReceiver()
      const receiver = await startReceiver((response) => {
        response.writeHead(status, { location: target.url }).end()
      })
      await endpointFor(receiver.url)
      await stripe.customers.create()
      await eventually(async () =>
        expect(await deliveriesTo(receiver.url)).toMatchObject([
          { state: 'given_up', attempts: [{ status }, { status }, { status }] },
        ]),
      )
      expect(target.received).toEqual([])
    },
  )

  it('that resets the connection is tried again', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {})
      socket.once('data', () => socket.resetAndDestroy())
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => {
      server.close()
    })
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    await endpointFor(url)
    await stripe.customers.create()
    await eventually(async () => {
      const [delivery] = await deliveriesTo(url)
      expect(delivery).toMatchObject({ state: 'given_up' })
      expect(delivery?.attempts.map(({ error }) => typeof error)).toEqual([
        'string',
        'string',
        'string',
      ])
    })
  })

  it('whose address Node does not take has failed', async () => {
    await endpointFor('http://%zz@127.0.0.1/')
    await stripe.customers.create()
    await eventually(async () =>
      // Shown without what stands before the @.
      expect(await deliveriesTo('http://127.0.0.1/')).toMatchObject([
        { state: 'given_up', attempts: [{ error: 'URI malformed' }, {}, {}] },
      ]),
    )
  })

  it('that hangs has failed when its time is over, and keeps no other waiting', async () => {
    const hung = await startReceiver(() => {})
    const other = await startReceiver()
    const own = await startEmulator({ webhookTimeoutMs: 200, retryDelaysMs: [] })
    onTestFinished(() => own.stop())
    const client = clientOf(own)
    for (const { url } of [hung, other]) {
      await client.webhookEndpoints.create({ url, enabled_events: ['customer.created'] })
    }
    for (let count = 0; count < 40; count++) await client.customers.create()
    await other.atLeast(40)
    // Of the 40 that it would get, 32 are under way.
    await hung.atLeast(32)
    await eventually(async () => {
      const deliveries = await deliveriesTo(hung.url, own.url)
      expect(deliveries.map(({ state }) => state)).toEqual(Array(40).fill('given_up'))
      expect(deliveries[0]?.attempts[0]?.error).toMatch('200 ms')
    })
  })

  it('gets no more than 32 at once, the rest in their order', async () => {
    const open: (() => void)[] = []
    let isPatient = true
    const receiver = await startReceiver((response) => {
      if (isPatient) open.push(() => response.end())
      else response.end()
    })
    await endpointFor(receiver.url)
    const made: string[] = []
    for (let count = 0; count < 50; count++)
      made.push((await stripe.customers.create()).id)
    await receiver.atLeast(32)
    const states = (await deliveriesTo(receiver.url)).map(({ state }) => state)
    expect(states).toEqual([...Array(32).fill('sending'), ...Array(18).fill('queued')])
    expect(open).toHaveLength(32)
    isPatient = false
    for (const end of open) end()
    await receiver.atLeast(50)
    const ids = receiver.received.map(
      ({ event }) => (event.data.object as { id: string }).id,
    )
    expect(ids.slice(0, 32).sort()).toEqual(made.slice(0, 32).sort())
    expect(ids.slice(32).sort()).toEqual(made.slice(32).sort())
  })
})
