import { describe, expect, it, vi } from 'vitest'
import { defineHandlers, type MemoryTransaction, memoryStore } from '../index.ts'
import { type Context, NOW, setUp } from '../webhooks/receive.test-setup.ts'

class Undescribable extends Error {
  override get message(): string {
    throw new Error('no message')
  }
}

describe('a handler that fails', () => {
  it.each([
    [
      'throws',
      () => {
        throw new Error('boom')
      },
    ],
    ['rejects', () => Promise.reject(new Error('boom'))],
    [
      'throws something that is no Error',
      () => {
        throw null
      },
    ],
    [
      'throws an object that cannot be printed',
      () => {
        throw Object.create(null)
      },
    ],
  ] as const)('and %s is answered with a 500, and run again', async (_, fail) => {
    const handler = vi.fn<() => void | Promise<void>>(fail)
    const { receive, lines } = setUp({ onEvent: handler })
    expect(await receive()).toMatchObject({ status: 500, outcome: 'handler_failed' })
    expect(lines).toMatchObject([
      { level: 'error', fields: { eventId: 'evt_1', attempt: 1 } },
    ])
    handler.mockImplementation(() => {})
    expect(await receive()).toMatchObject({ status: 200, outcome: 'processed' })
    expect(await receive()).toMatchObject({ outcome: 'duplicate' })
    expect(handler).toHaveBeenCalledTimes(2)
  })

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw undefined
      },
    ],
    ['rejects with', () => Promise.reject()],
  ])('that %s nothing is reported all the same', async (_, onEvent) => {
    const { receive, lines } = setUp({ onEvent })
    expect(await receive()).toMatchObject({ status: 500, outcome: 'handler_failed' })
    expect(lines).toMatchObject([{ level: 'error' }])
  })

  it('is handed back although its error cannot be described and the logger throws', async () => {
    const lose = () => {
      throw new Error('disk full')
    }
    const handler = vi.fn<() => void>(() => {
      throw new Undescribable()
    })
    const { receive } = setUp({
      onEvent: handler,
      logger: { debug: lose, info: lose, warn: lose, error: lose },
    })
    expect(await receive()).toMatchObject({ status: 500, outcome: 'handler_failed' })
    handler.mockImplementation(() => {})
    expect(await receive()).toMatchObject({ status: 200, outcome: 'processed' })
  })

  it('shows nothing of its error in the answer', async () => {
    const { receive } = setUp({ onEvent: () => Promise.reject(new Error('db-password')) })
    expect(JSON.stringify(await receive())).not.toContain('db-password')
  })

  it('does not make the groups run again that had finished', async () => {
    const grants = vi.fn(async (_: unknown, { transaction }: Context) => {
      await transaction(() => {})
    })
    const notes = vi.fn()
    const mails = vi.fn(() => Promise.reject(new Error('smtp')))
    const { receive } = setUp({
      on: [
        defineHandlers<MemoryTransaction>('grants', { 'invoice.paid': grants }),
        defineHandlers('notes', { 'invoice.paid': notes }),
        defineHandlers('mails', { 'invoice.paid': mails }),
      ],
    })
    expect(await receive()).toMatchObject({ outcome: 'handler_failed' })
    mails.mockImplementation(() => Promise.resolve() as Promise<never>)
    expect(await receive()).toMatchObject({ outcome: 'processed' })
    expect([grants, notes, mails].map(({ mock }) => mock.calls.length)).toEqual([1, 1, 2])
  })

  it('and runs too long is answered with a 500, while its signal aborts', async () => {
    const { promise: started, resolve: start } = Promise.withResolvers<AbortSignal>()
    const { receive, elapse } = setUp({
      onEvent: (_, { signal }) => {
        start(signal)
        return new Promise(() => {})
      },
      handlerTimeoutMs: 50,
    })
    const reply = receive()
    const signal = await started
    elapse()
    expect(await reply).toMatchObject({ status: 500, outcome: 'handler_failed' })
    expect(String(signal.reason)).toContain('handlerTimeoutMs (50)')
  })

  it('and runs too long keeps the event while it still runs, so that nobody starts beside it', async () => {
    const { promise, reject } = Promise.withResolvers<void>()
    const handler = vi.fn(() => promise)
    const { receive, elapse, lines } = setUp({ onEvent: handler })
    const reply = receive()
    await vi.waitFor(() => expect(handler).toHaveBeenCalled())
    elapse()
    expect(await reply).toMatchObject({ status: 500 })
    expect(await receive()).toMatchObject({ status: 409, outcome: 'in_flight' })
    reject(new Error('gave up'))
    await vi.waitFor(() => expect(lines).toHaveLength(2))
    handler.mockImplementation(() => Promise.resolve())
    expect(await receive()).toMatchObject({ status: 200, outcome: 'processed' })
    expect(handler).toHaveBeenCalledTimes(2)
  })

  it('and ends well after it ran too long is not run again', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const handler = vi.fn(async (_: unknown, { transaction }: Context) => {
      await promise
      await transaction(() => {})
    })
    const { receive, elapse } = setUp({ onEvent: handler })
    const reply = receive()
    await vi.waitFor(() => expect(handler).toHaveBeenCalled())
    elapse()
    expect(await reply).toMatchObject({ status: 500 })
    resolve()
    await vi.waitFor(async () =>
      expect(await receive()).toMatchObject({ status: 200, outcome: 'duplicate' }),
    )
    expect(handler).toHaveBeenCalledTimes(1)
  })

  it('is told to stop before its lease ends, also when the claim took long', async () => {
    const leases: number[] = []
    let now = NOW
    const store = memoryStore()
    const { receive, timers } = setUp({
      handlerTimeoutMs: 50,
      clock: {
        now: () => now,
        setTimeout: (callback, delayMs) => {
          timers.set(timers.size, { callback, delayMs })
          return timers.size - 1
        },
        clearTimeout: () => {},
      },
      store: {
        ...store,
        claim: async (delivery, options) => {
          leases.push(options.leaseMs)
          now += 20
          return store.claim(delivery, options)
        },
      },
      onEvent: () => {},
    })
    expect(await receive()).toMatchObject({ outcome: 'processed' })
    expect([...timers.values()].at(-1)).toMatchObject({ delayMs: 30 })
    expect(leases[0]).toBeGreaterThan(50)
  })

  it('has no more time when the clock jumps back while it is claimed', async () => {
    let now = NOW
    const store = memoryStore()
    const { receive, timers } = setUp({
      handlerTimeoutMs: 50,
      clock: {
        now: () => now,
        setTimeout: (callback, delayMs) => {
          timers.set(timers.size, { callback, delayMs })
          return timers.size - 1
        },
        clearTimeout: () => {},
      },
      store: {
        ...store,
        claim: async (delivery, options) => {
          now -= 3_600_000
          return store.claim(delivery, options)
        },
      },
      onEvent: () => {},
    })
    expect(await receive()).toMatchObject({ outcome: 'processed' })
    expect([...timers.values()].at(-1)).toMatchObject({ delayMs: 50 })
  })
})
