import { describe, expect, it, vi } from 'vitest'
import { memoryStore, type Reply } from '../index.ts'
import {
  type Context,
  eventOf,
  failingStore,
  setUp,
} from '../webhooks/receive.test-setup.ts'

describe('an event', () => {
  it('runs the handler of its type once, and is a duplicate from then on', async () => {
    const paid = vi.fn()
    const created = vi.fn()
    const { receive } = setUp({
      on: { 'invoice.paid': paid, 'invoice.created': created },
    })
    expect(await receive()).toMatchObject({ status: 200, outcome: 'processed' })
    expect(await receive()).toMatchObject({ status: 200, outcome: 'duplicate' })
    expect(paid).toHaveBeenCalledTimes(1)
    expect(paid.mock.calls[0]?.[0]).toEqual(eventOf())
    expect(created).not.toHaveBeenCalled()
  })

  it('is ignored when nobody handles its type', async () => {
    const { receive } = setUp({ on: { 'invoice.created': () => {} } })
    expect(await receive()).toMatchObject({ status: 200, outcome: 'ignored' })
    expect(await receive(eventOf({ type: 'never.heard.of' }))).toMatchObject({
      outcome: 'ignored',
    })
  })

  it('of any type reaches onEvent, after the handlers of its type', async () => {
    const order: string[] = []
    const { receive } = setUp({
      on: { 'invoice.paid': () => void order.push('paid') },
      onEvent: ({ type }) => void order.push(type),
    })
    await receive()
    await receive(eventOf({ id: 'evt_2', type: 'never.heard.of' }))
    expect(order).toEqual(['paid', 'invoice.paid', 'never.heard.of'])
  })

  it('that was ignored is run when it comes again and somebody handles it by then', async () => {
    const store = memoryStore()
    const onEvent = vi.fn()
    const before = setUp({ store })
    const after = setUp({ store, onEvent })
    expect(await before.receive()).toMatchObject({ status: 200, outcome: 'ignored' })
    expect(await after.receive()).toMatchObject({ status: 200, outcome: 'processed' })
    expect(onEvent).toHaveBeenCalledTimes(1)
    expect(await before.receive()).toMatchObject({ status: 200, outcome: 'duplicate' })
  })

  it('is not acknowledged by who has no handler while it runs, or has failed, elsewhere', async () => {
    const store = memoryStore()
    const { promise, reject } = Promise.withResolvers<void>()
    const without = setUp({ store })
    const running = setUp({ store, onEvent: () => promise })
    const reply = running.receive()
    expect(await without.receive()).toMatchObject({ status: 409, outcome: 'in_flight' })
    reject(new Error('boom'))
    expect(await reply).toMatchObject({ status: 500 })
    expect(await without.receive()).toMatchObject({ status: 409, outcome: 'in_flight' })
    expect(without.lines).toMatchObject([
      { level: 'warn', fields: { eventId: 'evt_1' } },
      { level: 'warn', fields: { eventId: 'evt_1' } },
    ])
  })

  it('of the other mode is recorded and not run', async () => {
    const onEvent = vi.fn()
    const { receive, lines } = setUp({ onEvent })
    expect(await receive(eventOf({ livemode: true }))).toMatchObject({
      status: 200,
      outcome: 'other_mode',
    })
    expect(onEvent).not.toHaveBeenCalled()
    expect(lines).toMatchObject([
      { level: 'warn', fields: { eventId: 'evt_1', livemode: true } },
    ])
  })

  it('tells its handler the attempt, the account and the mode', async () => {
    const contexts: Context[] = []
    const { receive } = setUp({ onEvent: (_, context) => void contexts.push(context) })
    await receive(eventOf({ account: 'acct_1' }))
    await receive()
    expect(contexts).toMatchObject([
      { attempt: 1, account: 'acct_1', livemode: false },
      { attempt: 1, account: undefined, livemode: false },
    ])
  })

  it('that arrives five times at once is run once; the others are told to come later', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const handler = vi.fn(() => promise)
    const { receive } = setUp({ onEvent: handler })
    const replies = [1, 2, 3, 4, 5].map(() => receive())
    await Promise.race(replies)
    resolve()
    const outcomes = (await Promise.all(replies)).map(({ outcome }) => outcome).sort()
    expect(outcomes).toEqual([
      'in_flight',
      'in_flight',
      'in_flight',
      'in_flight',
      'processed',
    ])
    expect(await replies[1]).toMatchObject({
      status: 409,
      headers: { 'retry-after': '3' },
    })
    expect(handler).toHaveBeenCalledTimes(1)
  })
})

describe('a store that is down', () => {
  it.each(['claim', 'commit'] as const)(
    'at %s is a 503, and nothing is lost',
    async (method) => {
      const store = failingStore(method)
      const handler = vi.fn()
      const { receive, lines } = setUp({ store, onEvent: handler })
      const reply: Reply = await receive()
      expect(reply).toMatchObject({ status: 503, headers: { 'retry-after': '3' } })
      expect(lines[0]?.level).toBe('error')
      store.heal()
      expect(await receive()).toMatchObject({ status: 200, outcome: 'processed' })
    },
  )

  it.each<['claim' | 'record' | 'release', Parameters<typeof setUp>[0]]>([
    ['claim', { onEvent: () => {} }],
    ['record', {}],
    ['release', { onEvent: () => Promise.reject(new Error('boom')) }],
  ])(
    'and hangs at %s is a 503 too, and not a request without an end',
    async (method, options) => {
      const hanging = vi.fn(() => new Promise<never>(() => {}))
      const store = { ...memoryStore(), [method]: hanging }
      const { receive, elapse } = setUp({ store, ...options })
      const reply = receive()
      await vi.waitFor(() => expect(hanging).toHaveBeenCalled())
      elapse()
      expect(await reply).toMatchObject({ status: 503, outcome: 'store_unavailable' })
    },
  )

  it('while an ignored event is recorded is a 503 too', async () => {
    const { receive } = setUp({ store: failingStore('record') })
    expect(await receive()).toMatchObject({ status: 503, outcome: 'store_unavailable' })
  })

  it('when a failed event is handed back is a 503 too', async () => {
    const { receive } = setUp({
      store: failingStore('release'),
      onEvent: () => Promise.reject(new Error('boom')),
    })
    expect(await receive()).toMatchObject({ status: 503, outcome: 'store_unavailable' })
  })

  it('inside of a transaction is told apart from a handler that fails', async () => {
    const store = failingStore('commit')
    const { receive } = setUp({
      store,
      onEvent: (_, { transaction }) => transaction(() => {}),
    })
    expect(await receive()).toMatchObject({ status: 503, outcome: 'store_unavailable' })
    store.heal()
    expect(await receive()).toMatchObject({ outcome: 'processed' })
  })
})

describe('a store', () => {
  it('that answers in time leaves no timer behind', async () => {
    const store = memoryStore()
    const { promise, resolve } = Promise.withResolvers<void>()
    const { receive, timers } = setUp({
      onEvent: () => {},
      store: {
        ...store,
        claim: (...given) => promise.then(() => store.claim(...given)),
      },
    })
    const reply = receive()
    await vi.waitFor(() => expect(timers.size).toBe(1))
    resolve()
    expect(await reply).toMatchObject({ status: 200 })
    expect(timers.size).toBe(0)
  })

  it('that throws at once is a store that failed', async () => {
    const { receive } = setUp({
      onEvent: () => {},
      store: {
        ...memoryStore(),
        commit: () => {
          throw new Error('no connection')
        },
      },
    })
    expect(await receive()).toMatchObject({ status: 503, outcome: 'store_unavailable' })
  })
})
