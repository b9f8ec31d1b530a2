import { describe, expect, it, vi } from 'vitest'
import { type BillingOptions, type MemoryTransaction, memoryStore } from '../index.ts'
import { eventOf, NOW, SECRET, setUp } from '../webhooks/receive.test-setup.ts'
import { eventsApi } from './events-api.test-setup.ts'

type Options = Partial<BillingOptions<MemoryTransaction>>

const SECONDS = NOW / 1000
const DAY = 86_400

/** An event about an object of its own, so many seconds ago. */
function ago(seconds: number, fields: { id?: string; [name: string]: unknown } = {}) {
  const id = fields.id ?? `evt_${seconds < 0 ? 'in_' : ''}${Math.abs(seconds)}`
  const object = { id: `in_${seconds}`, object: 'invoice' }
  return eventOf({ created: SECONDS - seconds, data: { object }, ...fields, id })
}

function on(api: ReturnType<typeof eventsApi>, options: Options = {}) {
  const ran: string[] = []
  let ms = NOW
  const set = setUp({
    stripe: api.stripe,
    sync: 'off',
    on: { 'invoice.paid': ({ id }) => void ran.push(id) },
    clock: {
      now: () => ms,
      setTimeout: (callback) => setTimeout(callback, 0),
      clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
    },
    ...options,
  })
  const pass = (seconds: number) => {
    ms += seconds * 1000
  }
  return { ...set, ran, pass, recovery: set.billing.recovery }
}

describe('what was never delivered', () => {
  it('runs inline, the oldest first and once, beside what was', async () => {
    const api = eventsApi(ago(3 * DAY), ago(500), ago(5))
    const { recovery, receive, ran } = on(api)
    await receive(ago(500))
    expect(await recovery.catchUp()).toEqual({
      seen: 3,
      missing: 2,
      ignored: 0,
      foreign: 0,
      processed: 2,
      failed: 0,
      waiting: 0,
      through: NOW - 5_000,
      isComplete: true,
    })
    expect(ran).toEqual(['evt_500', `evt_${3 * DAY}`, 'evt_5'])
    expect(await recovery.catchUp({ since: 0 })).toMatchObject({ seen: 3, missing: 0 })
    expect(await receive(ago(5))).toMatchObject({ outcome: 'duplicate' })
    expect(ran).toHaveLength(3)
  })

  it('waits for the worker in durable mode', async () => {
    const api = eventsApi(ago(20), ago(10))
    const { billing, recovery, ran } = on(api, { processing: 'durable' })
    expect(await recovery.catchUp()).toMatchObject({
      missing: 2,
      processed: 0,
      waiting: 2,
    })
    expect(ran).toEqual([])
    await billing.worker.drain({ budgetMs: 60_000 })
    expect(ran).toEqual(['evt_20', 'evt_10'])
  })

  it('reaches its handler as Stripe has it, of no endpoint', async () => {
    const seen: unknown[] = []
    const api = eventsApi(ago(10))
    const onEvent: Options['onEvent'] = (event, { account, endpoint }) =>
      void seen.push([event, account, endpoint])
    await on(api, { on: {}, onEvent }).recovery.catchUp()
    expect(seen).toEqual([[ago(10), undefined, undefined]])
  })

  it('is stored as failed when its handler fails, and runs by the next call or a retry', async () => {
    const api = eventsApi(ago(10))
    let isBroken = true
    const handler = vi.fn(() => {
      if (isBroken) throw new Error('not yet')
    })
    const { recovery } = on(api, { on: { 'invoice.paid': handler } })
    expect(await recovery.catchUp()).toMatchObject({ missing: 1, failed: 1 })
    expect(await recovery.catchUp()).toMatchObject({ missing: 0, failed: 1 })
    isBroken = false
    expect(await recovery.retry('all')).toMatchObject({ requeued: 1, processed: 1 })
    expect(await recovery.catchUp()).toMatchObject({ seen: 1, processed: 0, failed: 0 })
  })

  it('does not include what was given up, skipped or unmatched', async () => {
    const api = eventsApi(ago(30), ago(20), ago(10))
    const handler = vi.fn(
      (event: { id: string }, context: { unmatched(why: string): void }) => {
        if (event.id === 'evt_30') throw new Error('never')
        context.unmatched('nobody')
      },
    )
    const { recovery, receive } = on(api, {
      on: { 'invoice.paid': handler },
      retries: { limit: 1 },
    })
    for (const event of api.events) await receive(event)
    await recovery.skip('evt_10', 'test data')
    handler.mockClear()
    expect(await recovery.catchUp()).toMatchObject({ seen: 3, missing: 0, processed: 0 })
    expect(handler).not.toHaveBeenCalled()
  })

  it('includes what was ignored here, once something acts on it', async () => {
    const store = memoryStore()
    const api = eventsApi(ago(10))
    const before = on(api, { store, on: {} })
    await before.receive(ago(10))
    const { recovery, ran } = on(api, { store })
    expect(await recovery.catchUp()).toMatchObject({ missing: 1, processed: 1 })
    expect(ran).toEqual(['evt_10'])
  })

  it('does not include what acts on nothing, is of an account without a secret, or is no event', async () => {
    const api = eventsApi(
      ago(40, { type: 'product.created' }),
      ago(30, { livemode: true }),
      ago(20, { type: 7 }),
    )
    const { recovery, billing, lines } = on(api)
    expect(await recovery.catchUp()).toMatchObject({
      seen: 3,
      missing: 0,
      ignored: 1,
      foreign: 1,
    })
    expect(lines).toMatchObject([{ level: 'error', fields: { eventId: 'evt_20' } }])
    const { events } = await billing.store.recovery.list(
      { livemode: false },
      { limit: 9 },
    )
    expect(events).toEqual([])
    const connected = on(eventsApi(ago(10)), {
      webhookSecrets: [{ secret: SECRET, account: 'connected' }],
    })
    expect(await connected.recovery.catchUp()).toMatchObject({ foreign: 1, missing: 0 })
  })

  it('of a connected account is asked for by its name, and has a place of its own', async () => {
    const api = eventsApi(ago(10))
    const accounts: unknown[] = []
    const { recovery } = on(api, {
      on: {
        'invoice.paid': (event, context) =>
          void accounts.push([event.account, context.account]),
      },
    })
    await recovery.catchUp()
    expect(await recovery.catchUp({ account: 'acct_1' })).toMatchObject({ missing: 1 })
    expect(api.requests.map(({ headers }) => headers)).toEqual([
      {},
      { 'Stripe-Account': 'acct_1' },
    ])
    expect(accounts).toEqual([
      [undefined, undefined],
      ['acct_1', 'acct_1'],
    ])
  })
})

describe('the place where the next call begins', () => {
  const gteOf = ({ path }: { readonly path: string }) =>
    Number(/gte%5D=(\d+)/.exec(path)?.[1])

  it('is 30 days ago at first, and then some minutes before the newest event', async () => {
    const api = eventsApi(ago(40 * DAY), ago(100))
    const { recovery, ran, pass } = on(api)
    await recovery.catchUp()
    pass(3_600)
    api.events.push(ago(-1_800))
    await recovery.catchUp()
    expect(api.requests.map(gteOf)).toEqual([SECONDS - 30 * DAY, SECONDS - 100 - 600])
    expect(ran).toEqual(['evt_100', 'evt_in_1800'])
  })

  it('does not depend on when webhooks came', async () => {
    const api = eventsApi(ago(5 * DAY), ago(10))
    const { recovery, receive, ran } = on(api)
    await receive(ago(10))
    await recovery.catchUp()
    expect(ran).toEqual(['evt_10', `evt_${5 * DAY}`])
  })

  it('is kept after each batch, so that an interrupted call is gone on with', async () => {
    const api = eventsApi(
      ...Array.from({ length: 25 }, (_, i) => ago(100_000 - 1_000 * i)),
    )
    const { recovery, ran } = on(api)
    const aborting = new AbortController()
    const first = await recovery.catchUp({
      signal: aborting.signal,
      onProgress: () => aborting.abort(),
    })
    expect(first).toMatchObject({ seen: 10, processed: 10, isComplete: false })
    const second = await recovery.catchUp()
    // Of the last ten minutes, one event is seen again.
    expect(second).toMatchObject({ seen: 16, processed: 15, isComplete: true })
    expect(ran).toEqual(api.events.map(({ id }) => id))
  })

  it('is not moved beyond what a later since leaves out', async () => {
    const api = eventsApi(ago(2 * DAY))
    const { recovery, ran } = on(api)
    await recovery.catchUp()
    api.events.push(ago(DAY), ago(10))
    await recovery.catchUp({ since: NOW - 3_600_000 })
    await recovery.catchUp()
    expect(ran).toEqual([`evt_${2 * DAY}`, 'evt_10', `evt_${DAY}`])
  })

  it('is never in the future, where test clocks have events', async () => {
    const api = eventsApi(ago(-400 * DAY))
    const { recovery, ran, pass } = on(api)
    expect(await recovery.catchUp()).toMatchObject({ missing: 1, through: NOW })
    pass(3_600)
    api.events.unshift(ago(-1_800))
    await recovery.catchUp()
    expect(ran).toEqual([`evt_in_${400 * DAY}`, 'evt_in_1800'])
  })

  it('stays before what a killed process has stored and not run', async () => {
    const store = memoryStore()
    const api = eventsApi(ago(2_000), ago(10))
    const cut = on(api, {
      store: { ...store, claimNext: () => Promise.reject(new Error('killed')) },
    })
    await expect(cut.recovery.catchUp()).rejects.toThrow('killed')
    const { recovery, ran } = on(api, { store })
    expect(await recovery.catchUp()).toMatchObject({ missing: 0, processed: 2 })
    expect(ran).toEqual(['evt_2000', 'evt_10'])
  })

  it('stays before what could not run inline, since a live event of its object was', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const ran: string[] = []
    const about = { data: { object: { id: 'in_1', object: 'invoice' } } }
    const api = eventsApi(ago(DAY, about), ago(10))
    const { recovery, receive } = on(api, {
      on: {
        'invoice.paid': async ({ id }) => {
          if (id === 'evt_live') await promise
          ran.push(id)
        },
      },
    })
    const reply = receive(ago(5, { ...about, id: 'evt_live' }))
    expect(await recovery.catchUp()).toMatchObject({ processed: 1, waiting: 1 })
    resolve()
    await reply
    expect(await recovery.catchUp()).toMatchObject({ processed: 1, waiting: 0 })
    expect(ran).toEqual(['evt_10', 'evt_live', `evt_${DAY}`])
  })

  it('warns when it has fallen out of reach', async () => {
    const api = eventsApi(ago(10))
    const { recovery, lines, pass } = on(api)
    await recovery.catchUp()
    pass(31 * DAY)
    await recovery.catchUp()
    expect(lines).toMatchObject([{ level: 'warn', message: /out of reach/ }])
  })
})

describe('a Stripe that cannot be asked', () => {
  it('is said to be missing', async () => {
    const { billing } = setUp({ stripe: { secretKey: 'sk_test_1' } })
    await expect(billing.recovery.catchUp()).rejects.toMatchObject({
      code: 'recovery_unavailable',
      message: expect.stringContaining('stripe: new Stripe(key)'),
    })
  })

  it('ends the call with what it said, and the next one goes on', async () => {
    const api = eventsApi(ago(10))
    const refusal = Object.assign(new Error('no permission'), { statusCode: 403 })
    api.refusals.push(refusal)
    const { recovery } = on(api)
    await expect(recovery.catchUp()).rejects.toMatchObject({
      code: 'recovery_unavailable',
      cause: refusal,
    })
    expect(await recovery.catchUp()).toMatchObject({ processed: 1 })
  })

  it('is asked again when it said 429, and not for ever', async () => {
    const busy = Object.assign(new Error('rate limit'), { statusCode: 429 })
    const api = eventsApi(ago(10))
    const { recovery } = on(api)
    api.refusals.push(busy, busy, busy)
    expect(await recovery.catchUp()).toMatchObject({ processed: 1 })
    api.refusals.push(...Array.from({ length: 6 }, () => busy))
    await expect(recovery.catchUp()).rejects.toMatchObject({ cause: busy })
    expect(await recovery.catchUp()).toMatchObject({ isComplete: true })
  })
})

it('beside the delivery of the same events, each runs once', async () => {
  const events = Array.from({ length: 40 }, (_, i) => ago(100 - i))
  const api = eventsApi(...events)
  const { recovery, receive, ran } = on(api)
  const replies = await Promise.all([
    recovery.catchUp(),
    recovery.catchUp(),
    ...events.map((event) => receive(event)),
  ])
  expect(replies).toHaveLength(42)
  expect(ran.toSorted()).toEqual(events.map(({ id }) => id).toSorted())
})
