import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Stripe from 'stripe'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { memoryStore } from '../index.ts'
import { eventOf, notificationOf, setUp } from '../webhooks/receive.test-setup.ts'

const platform = { livemode: false, account: '' }

function subscription(status: string, fields: object = {}) {
  return { id: 'sub_1', object: 'subscription', customer: 'cus_1', status, ...fields }
}

function updated(status: string, fields: object = {}) {
  return eventOf({
    type: 'customer.subscription.updated',
    data: { object: subscription(status), previous_attributes: { status: 'incomplete' } },
    ...fields,
  })
}

/** A Stripe that knows one subscription. */
let current: object | undefined
let status = 200
const asked: { url: string | undefined; account: unknown }[] = []
const server = createServer((request, response) => {
  asked.push({ url: request.url, account: request.headers['stripe-account'] })
  const isFine = current !== undefined && status === 200
  const error = { error: { type: 'api_error', message: 'No such thing' } }
  const code = current === undefined ? 404 : status
  response.writeHead(code, { 'content-type': 'application/json' })
  response.end(JSON.stringify(isFine ? current : error))
})
let stripe: Stripe

beforeEach(async () => {
  current = subscription('active')
  status = 200
  asked.length = 0
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  stripe = new Stripe('sk_test_1', {
    host: '127.0.0.1',
    port,
    protocol: 'http',
    maxNetworkRetries: 0,
  })
})

afterEach(
  () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    }),
)

describe("sync: 'refetch'", () => {
  it('is the default where stripe can fetch, and writes what Stripe says now, not what the event says', async () => {
    const store = memoryStore()
    const { receive } = setUp({ store, stripe })
    expect(await receive(updated('past_due'))).toMatchObject({ outcome: 'processed' })
    expect(await store.mirror.find(platform, 'subscription', 'sub_1')).toMatchObject({
      data: { kind: 'subscription', id: 'sub_1', status: 'active', customer: 'cus_1' },
    })
    expect(asked).toEqual([{ url: '/v1/subscriptions/sub_1', account: undefined }])
  })

  it('asks for a connected account in its name, and keeps its rows apart', async () => {
    const store = memoryStore()
    const { receive } = setUp({ store, stripe })
    await receive(updated('past_due', { account: 'acct_1' }))
    expect(asked[0]?.account).toBe('acct_1')
    expect(await store.mirror.find(platform, 'subscription', 'sub_1')).toBeUndefined()
    const scope = { livemode: false, account: 'acct_1' }
    expect(
      await store.mirror.findByCustomer(scope, 'subscription', 'cus_1'),
    ).toHaveLength(1)
  })

  it('takes what is not there any more for deleted', async () => {
    current = undefined
    const store = memoryStore()
    const { receive } = setUp({ store, stripe })
    const deleted = eventOf({
      type: 'customer.deleted',
      data: { object: { id: 'cus_1', object: 'customer' } },
    })
    expect(await receive(deleted)).toMatchObject({ outcome: 'processed' })
    expect(await store.mirror.find(platform, 'customer', 'cus_1')).toMatchObject({
      data: { deleted: true },
    })
  })

  it('fails the event when Stripe cannot be asked, commits nothing, and runs no handler', async () => {
    status = 500
    const store = memoryStore()
    const ran: string[] = []
    const { receive, lines } = setUp({
      store,
      stripe,
      onEvent: ({ id }) => void ran.push(id),
    })
    expect(await receive(updated('active'))).toMatchObject({ status: 500 })
    expect(lines[0]?.fields?.error).toMatchObject({ code: 'refetch_failed' })
    expect(lines[0]?.message).toContain('/v1/subscriptions/sub_1')
    expect(ran).toEqual([])
    status = 200
    expect(await receive(updated('active'))).toMatchObject({ outcome: 'processed' })
    expect(ran).toEqual(['evt_1'])
  })

  it('fails the event when the answer is about another object', async () => {
    current = subscription('active', { id: 'sub_2' })
    const { receive, lines } = setUp({ stripe })
    expect(await receive(updated('active'))).toMatchObject({ status: 500 })
    expect(lines[0]?.fields?.error).toMatchObject({ code: 'refetch_failed' })
  })

  it('fetches what a thin notification is about', async () => {
    const store = memoryStore()
    const { receive } = setUp({ store, stripe })
    expect(await receive(notificationOf())).toMatchObject({ outcome: 'processed' })
    expect(await store.mirror.find(platform, 'subscription', 'sub_1')).toMatchObject({
      data: { status: 'active' },
    })
  })

  it('needs a client that can fetch', () => {
    expect(() => setUp({ sync: 'refetch' })).toThrow(
      'Write stripe: new Stripe(key), or sync: "event".',
    )
    expect(() => setUp({ sync: 'other' as 'off' })).toThrow('sync is none of')
  })
})

describe("sync: 'event'", () => {
  it('writes what the event says, together with what its handlers commit', async () => {
    const store = memoryStore()
    let fails = true
    const { receive } = setUp({
      store,
      stripe,
      sync: 'event',
      onEvent: (_, context) =>
        context.transaction(() => {
          context.effect('seen')
          if (fails) throw new Error('boom')
        }),
    })
    await receive(updated('past_due'))
    expect(await store.mirror.find(platform, 'subscription', 'sub_1')).toBeUndefined()
    fails = false
    await receive(updated('past_due'))
    expect(await store.mirror.find(platform, 'subscription', 'sub_1')).toMatchObject({
      data: { status: 'past_due' },
    })
    expect(asked).toEqual([])
  })

  it('writes with the first of several handlers, once', async () => {
    const store = memoryStore()
    const marks: unknown[] = []
    const commit: typeof store.commit = (lease, mark, work) => {
      marks.push(mark.mirror?.by)
      return store.commit(lease, mark, work)
    }
    const handler = () => {}
    const { receive } = setUp({
      store: { ...store, commit },
      sync: 'event',
      on: { 'customer.subscription.updated': handler },
      onEvent: handler,
    })
    await receive(updated('active'))
    expect(marks).toEqual(['event', undefined])
  })
})

describe("sync: 'off'", () => {
  it('is the default without such a client, and ignores what nobody handles', async () => {
    const { receive } = setUp()
    expect(await receive(updated('active'))).toMatchObject({ outcome: 'ignored' })
    const off = setUp({ stripe, sync: 'off' })
    expect(await off.receive(updated('active'))).toMatchObject({ outcome: 'ignored' })
    expect(asked).toEqual([])
  })
})
