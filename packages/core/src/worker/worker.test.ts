import { describe, expect, it, vi } from 'vitest'
import {
  type BillingOptions,
  type MemoryTransaction,
  memoryStore,
  type Store,
} from '../index.ts'
import { virtualClock } from '../runtime/virtual-clock.test-setup.ts'
import { eventOf, setUp } from '../webhooks/receive.test-setup.ts'

/** A durable billing whose worker runs on a clock of its own, and the number of times that its store was asked for work. */
function durable(options: Partial<BillingOptions<MemoryTransaction>> = {}) {
  const clock = virtualClock()
  const inner = options.store ?? memoryStore()
  let claims = 0
  const counted = <Args extends readonly unknown[], Result>(
    method: (...args: Args) => Result,
  ) => {
    return (...args: Args): Result => {
      claims += 1
      return method(...args)
    }
  }
  const store: Store<MemoryTransaction> = {
    ...inner,
    claimNext: counted(inner.claimNext),
    outbox: { ...inner.outbox, claimNext: counted(inner.outbox.claimNext) },
  }
  const set = setUp({ processing: 'durable', ...options, clock, store })
  const stateOf = async (id = 'evt_1') => {
    const { events } = await inner.recovery.list(
      { livemode: false, ids: [id] },
      { limit: 1 },
    )
    return events[0]
  }
  return { ...set, clock, store, stateOf, claims: () => claims }
}

const inOrder = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    eventOf({
      id: `evt_${index + 1}`,
      data: { object: { id: `in_${index}`, object: 'invoice' } },
    }),
  )

describe('durable processing', () => {
  it('answers once an event is stored, and runs it when the worker starts', async () => {
    const paid = vi.fn()
    const { receive, billing, clock, stateOf } = durable({ on: { 'invoice.paid': paid } })
    expect(await receive()).toMatchObject({ status: 200, outcome: 'stored' })
    expect(await receive()).toMatchObject({ status: 200, outcome: 'duplicate' })
    expect(paid).not.toHaveBeenCalled()
    expect(await stateOf()).toMatchObject({ state: 'received', attempts: 0 })
    billing.worker.start()
    await clock.advance(0)
    expect(paid).toHaveBeenCalledTimes(1)
    expect(paid.mock.calls[0]?.[0]).toEqual(eventOf())
    expect(await stateOf()).toMatchObject({ state: 'processed', attempts: 1 })
    expect(await receive()).toMatchObject({ status: 200, outcome: 'duplicate' })
    await billing.worker.stop()
  })

  it('wakes a worker that sleeps when an event is stored', async () => {
    const paid = vi.fn()
    const { receive, billing, clock } = durable({ on: { 'invoice.paid': paid } })
    billing.worker.start()
    await clock.advance(5)
    await receive()
    await clock.advance(0)
    expect(paid).toHaveBeenCalledTimes(1)
    await billing.worker.stop()
  })

  it('is ignored at once when nobody handles it, and by a worker whose billing no longer does', async () => {
    const store = memoryStore()
    const without = durable({ store })
    expect(await without.receive()).toMatchObject({ status: 200, outcome: 'ignored' })
    await durable({ store, onEvent: () => {} }).receive(eventOf({ id: 'evt_2' }))
    await without.billing.worker.drain({ budgetMs: 1_000 })
    expect(await without.stateOf('evt_2')).toMatchObject({ state: 'ignored' })
  })

  it('does not run events of the other mode', async () => {
    const store = memoryStore()
    const onEvent = vi.fn()
    const live = setUp({
      mode: 'live',
      allowLiveOutsideProduction: true,
      processing: 'durable',
      store,
      onEvent,
    })
    await live.receive(eventOf({ livemode: true }))
    const { billing } = durable({ store, onEvent })
    expect(await billing.worker.drain({ budgetMs: 1_000 })).toMatchObject({
      events: { done: 0 },
      isIdle: true,
    })
    expect(onEvent).not.toHaveBeenCalled()
  })
})

describe('a worker', () => {
  it('asks its store at most once in ten seconds while nothing is due', async () => {
    const { billing, clock, claims } = durable()
    billing.worker.start()
    await clock.advance(1)
    const before = claims()
    await clock.advance(600_000)
    expect(claims() - before).toBeLessThanOrEqual(60)
    expect(claims() - before).toBeGreaterThan(0)
    await billing.worker.stop()
  })

  it('asks its store once for an event that it is woken for, and once more when it has run', async () => {
    const { receive, billing, clock, claims } = durable({ onEvent: () => {} })
    billing.worker.start()
    await clock.advance(1)
    const before = claims()
    await receive()
    await clock.advance(0)
    expect(claims() - before).toBe(2)
    await billing.worker.stop()
  })

  it('tries again after a wait that grows, and gives up at the limit', async () => {
    const times: number[] = []
    const { receive, billing, clock, stateOf, lines } = durable({
      retries: { limit: 3, firstMs: 1_000, maxMs: 60_000 },
      on: {
        'invoice.paid': () => {
          times.push(clock.now())
          throw new Error('boom')
        },
      },
    })
    await receive()
    billing.worker.start()
    await clock.advance(0)
    expect(await stateOf()).toMatchObject({
      state: 'failed',
      lastError: 'Error: boom',
      // Half of it, and half of the rest, since chance says 0.5.
      retryAt: clock.now() + 750,
    })
    await clock.advance(3_600_000)
    expect(times.map((time) => time - (times[0] ?? 0))).toEqual([0, 750, 2_250])
    expect(await stateOf()).toMatchObject({ state: 'dead', attempts: 3 })
    expect(lines.at(-1)?.message).toContain('has failed 3 times and is given up')
    await billing.worker.stop()
  })

  it('gives up an event whose attempts never came to an end, for it may be what ends its process', async () => {
    const onEvent = vi.fn()
    const { receive, billing, clock, store, stateOf } = durable({
      retries: { limit: 2 },
      onEvent,
    })
    await receive()
    for (const _ of [1, 2]) {
      const options = { now: clock.now(), leaseMs: 1_000, livemode: false, limit: 1 }
      expect((await store.claimNext(options)).events).toHaveLength(1)
      await clock.advance(1_000)
    }
    expect(await billing.worker.drain({ budgetMs: 1_000 })).toMatchObject({
      events: { dead: 1 },
    })
    expect(onEvent).not.toHaveBeenCalled()
    expect(await stateOf()).toMatchObject({
      state: 'dead',
      lastError: 'none of 2 attempts has come to an end',
    })
  })

  it('runs a dead event anew when Stripe delivers it again', async () => {
    let fails = true
    const { receive, billing, stateOf } = durable({
      retries: { limit: 1 },
      onEvent: () => {
        if (fails) throw new Error('boom')
      },
    })
    await receive()
    await billing.worker.drain({ budgetMs: 1_000 })
    expect(await stateOf()).toMatchObject({ state: 'dead' })
    fails = false
    expect(await receive()).toMatchObject({ status: 200, outcome: 'stored' })
    await billing.worker.drain({ budgetMs: 1_000 })
    expect(await stateOf()).toMatchObject({ state: 'processed', attempts: 1 })
  })

  it('runs as many events at once as it may, and one of each object', async () => {
    let running = 0
    let most = 0
    const order: string[] = []
    const { receive, billing, clock } = durable({
      worker: { concurrency: 3 },
      onEvent: async ({ id }) => {
        order.push(id)
        running += 1
        most = Math.max(most, running)
        await new Promise<void>((resolve) => clock.setTimeout(resolve, 10))
        running -= 1
      },
    })
    const [first, second, ...others] = inOrder(7)
    for (const event of [first, { ...second, data: first?.data }, ...others])
      await receive(event)
    billing.worker.start()
    await clock.advance(0)
    expect(order).toEqual(['evt_1', 'evt_3', 'evt_4'])
    await clock.advance(100)
    expect(most).toBe(3)
    expect(order).toHaveLength(7)
    // The second event of the object ran once the first one had ended.
    expect(order.indexOf('evt_2')).toBeGreaterThan(2)
    await billing.worker.stop()
  })

  it('goes on when its store is there again', async () => {
    const inner = memoryStore()
    let isDown = true
    const onEvent = vi.fn()
    const claimNext: typeof inner.claimNext = (options) =>
      isDown ? Promise.reject(new Error('refused')) : inner.claimNext(options)
    const { receive, billing, clock, lines } = durable({
      store: { ...inner, claimNext },
      onEvent,
    })
    await receive()
    billing.worker.start()
    await clock.advance(10_000)
    expect(lines[0]).toMatchObject({ level: 'error' })
    expect(lines.length).toBeLessThan(6)
    isDown = false
    await clock.advance(60_000)
    expect(onEvent).toHaveBeenCalledTimes(1)
    await billing.worker.stop()
  })

  it('lets what runs come to its end when it stops', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const { receive, billing, clock, stateOf } = durable({ onEvent: () => promise })
    await receive()
    billing.worker.start()
    await clock.advance(0)
    const stopped = billing.worker.stop()
    resolve()
    await stopped
    expect(await stateOf()).toMatchObject({ state: 'processed' })
    await receive(eventOf({ id: 'evt_2' }))
    await clock.advance(100_000)
    expect(await stateOf('evt_2')).toMatchObject({ state: 'received', attempts: 0 })
  })

  it('gives back what does not end in time, and lets it commit nothing any more', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const signals: AbortSignal[] = []
    const { receive, billing, clock, stateOf } = durable({
      onEvent: async (_, context) => {
        signals.push(context.signal)
        await promise
        await context.transaction(() => context.effect('granted'))
      },
    })
    await receive()
    billing.worker.start()
    await clock.advance(0)
    const stopped = billing.worker.stop({ graceMs: 50 })
    await clock.advance(50)
    await stopped
    expect(signals[0]?.aborted).toBe(true)
    expect(await stateOf()).toMatchObject({ state: 'received', attempts: 0 })
    resolve()
    await clock.advance(0)
    expect(await stateOf()).toMatchObject({ state: 'received', attempts: 0 })
    expect(await billing.worker.drain({ budgetMs: 1_000 })).toMatchObject({
      events: { done: 1 },
    })
    expect(await stateOf()).toMatchObject({ state: 'processed', attempts: 1 })
  })

  it('gives back what its store gave it only after it had to stop', async () => {
    const inner = memoryStore()
    const { promise, resolve } = Promise.withResolvers<void>()
    const onEvent = vi.fn()
    const { receive, billing, clock, stateOf } = durable({
      store: {
        ...inner,
        claimNext: async (options) => {
          await promise
          return inner.claimNext(options)
        },
      },
      onEvent,
    })
    await receive()
    billing.worker.start()
    await clock.advance(0)
    const stopped = billing.worker.stop({ graceMs: 10 })
    await clock.advance(10)
    resolve()
    await stopped
    expect(onEvent).not.toHaveBeenCalled()
    expect(await stateOf()).toMatchObject({ state: 'received', attempts: 0 })
  })

  it('stops although its store never answers', async () => {
    const inner = memoryStore()
    await durable({ store: inner, onEvent: () => {} }).receive()
    const { billing, clock } = durable({
      store: { ...inner, commit: () => new Promise(() => {}) },
    })
    billing.worker.start()
    await clock.advance(0)
    let hasStopped = false
    void billing.worker.stop({ graceMs: 10 }).then(() => {
      hasStopped = true
    })
    await clock.advance(30_000)
    expect(hasStopped).toBe(true)
  })

  it('gives up an event although its store never answers', async () => {
    const inner = memoryStore()
    const { receive, billing, clock } = durable({
      store: { ...inner, release: () => new Promise(() => {}) },
      retries: { limit: 1 },
      onEvent: () => {},
    })
    await receive()
    // An attempt whose process has ended.
    const { events } = await inner.claimNext({
      now: clock.now(),
      leaseMs: 1,
      livemode: false,
      limit: 1,
    })
    expect(events).toHaveLength(1)
    await clock.advance(2)
    const drained = billing.worker.drain({ budgetMs: 5_000 })
    await clock.advance(30_000)
    expect(await drained).toMatchObject({ events: { failed: 1 }, isIdle: false })
  })

  it('frees the place of a handler that hangs, and runs its event again when its lease has ended', async () => {
    const onEvent = vi.fn(() =>
      onEvent.mock.calls.length === 1 ? new Promise<void>(() => {}) : undefined,
    )
    const { receive, billing, clock, stateOf } = durable({
      handlerTimeoutMs: 1_000,
      worker: { concurrency: 1 },
      onEvent,
    })
    for (const event of inOrder(2)) await receive(event)
    billing.worker.start()
    await clock.advance(1_000)
    expect(await stateOf('evt_2')).toMatchObject({ state: 'processed' })
    await clock.advance(4_999)
    expect(await stateOf('evt_1')).toMatchObject({ state: 'received' })
    await clock.advance(2_000)
    expect(await stateOf('evt_1')).toMatchObject({ state: 'processed', attempts: 2 })
    await billing.worker.stop()
  })

  it('tries an event again that failed while it was answered inline', async () => {
    let fails = true
    const { receive, billing, clock, stateOf } = durable({
      processing: 'inline',
      onEvent: () => {
        if (fails) throw new Error('boom')
      },
    })
    expect(await receive()).toMatchObject({ status: 500 })
    fails = false
    billing.worker.start()
    await clock.advance(5_000)
    expect(await stateOf()).toMatchObject({ state: 'processed', attempts: 2 })
    await billing.worker.stop()
  })
})

describe('a drain', () => {
  it('ends when nothing is due, and tells what it has done', async () => {
    const { receive, billing } = durable({
      onEvent: ({ id }) => {
        if (id === 'evt_2') throw new Error('boom')
      },
    })
    for (const event of inOrder(3)) await receive(event)
    expect(await billing.worker.drain({ budgetMs: 1_000 })).toEqual({
      events: { done: 2, failed: 1, dead: 0, given_back: 0 },
      messages: { done: 0, failed: 0, dead: 0, given_back: 0 },
      isIdle: true,
    })
  })

  it('ends with its budget, and gives back what still runs', async () => {
    const { receive, billing, clock, stateOf } = durable({
      onEvent: () => new Promise<void>(() => {}),
    })
    await receive()
    const drained = billing.worker.drain({ budgetMs: 100 })
    await clock.advance(100)
    expect(await drained).toMatchObject({ events: { given_back: 1 }, isIdle: false })
    expect(await stateOf()).toMatchObject({ state: 'received', attempts: 0 })
  })

  it('ends when the worker is stopped, and gives back what still runs', async () => {
    const { receive, billing, clock, stateOf } = durable({
      onEvent: () => new Promise<void>(() => {}),
    })
    await receive()
    const drained = billing.worker.drain({ budgetMs: 20_000 })
    await clock.advance(0)
    const stopped = billing.worker.stop({ graceMs: 10 })
    await clock.advance(10)
    await stopped
    expect(await drained).toMatchObject({ events: { given_back: 1 }, isIdle: false })
    expect(await stateOf()).toMatchObject({ state: 'received', attempts: 0 })
  })

  it('is waited for by a stop, also while it gives back what its budget did not suffice for', async () => {
    const inner = memoryStore()
    const { promise, resolve } = Promise.withResolvers<void>()
    const { receive, billing, clock } = durable({
      store: {
        ...inner,
        release: (...args) => promise.then(() => inner.release(...args)),
      },
      onEvent: () => new Promise<void>(() => {}),
    })
    await receive()
    void billing.worker.drain({ budgetMs: 100 })
    await clock.advance(200)
    let hasStopped = false
    const stopped = billing.worker.stop().then(() => {
      hasStopped = true
    })
    await clock.advance(200)
    expect(hasStopped).toBe(false)
    resolve()
    await stopped
  })
})
