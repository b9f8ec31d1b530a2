import { describe, expect, it, vi } from 'vitest'
import { memoryStore } from '../index.ts'
import { virtualClock } from '../runtime/virtual-clock.test-setup.ts'
import { eventOf, NOW, setUp } from '../webhooks/receive.test-setup.ts'

const key = { livemode: false, account: '', eventId: 'evt_1' }
const { signal } = new AbortController()

describe('billing.worker.process, for an engine', () => {
  it('leaves an event to the engine until its last attempt, and makes it dead with that', async () => {
    const { receive, billing } = setUp({
      processing: 'durable',
      retries: { limit: 1 },
      onEvent: () => {
        throw new Error('boom')
      },
    })
    await receive()
    const attempt = (isLastAttempt: boolean) =>
      billing.worker.process([{ key, isLastAttempt, limit: 10 }], signal)
    expect(await attempt(false)).toEqual(['failed'])
    expect(await attempt(false)).toEqual(['failed'])
    expect(await attempt(true)).toEqual(['dead'])
    expect(await attempt(false)).toEqual(['done'])
  })

  it('gives up an event at its limit, however often the engine would come again', async () => {
    const onEvent = vi.fn()
    const store = memoryStore()
    const { receive, billing } = setUp({ processing: 'durable', store, onEvent })
    await receive()
    for (const at of [1, 2]) {
      const options = { now: NOW - at * 1_000, leaseMs: 1, livemode: false, limit: 1 }
      expect((await store.claimNext(options)).events).toHaveLength(1)
    }
    const job = { key, isLastAttempt: false, limit: 2 }
    expect(await billing.worker.process([job], signal)).toEqual(['dead'])
    expect(onEvent).not.toHaveBeenCalled()
  })

  it('asks for an event once that has two jobs, and tells both what became of it', async () => {
    const onEvent = vi.fn()
    const memory = memoryStore()
    const claimNext = vi.fn(memory.claimNext)
    const store = { ...memory, claimNext }
    const { receive, billing } = setUp({ processing: 'durable', store, onEvent })
    await receive()
    const job = { key, isLastAttempt: false }
    expect(await billing.worker.process([job, job], signal)).toEqual(['done', 'done'])
    expect(claimNext).toHaveBeenCalledWith(expect.objectContaining({ keys: [key] }))
    expect(onEvent).toHaveBeenCalledTimes(1)
  })

  it('goes with a worker that sends messages alone', async () => {
    const clock = virtualClock()
    const send = vi.fn()
    const { receive, billing } = setUp({
      clock,
      processing: 'durable',
      outbox: { receipt: send },
      on: {
        'invoice.paid': (_, context) =>
          context.transaction(() => {
            context.outbox({ topic: 'receipt', key: 'receipt of in_1', payload: {} })
          }),
      },
    })
    billing.worker.start({ events: false })
    await receive(eventOf())
    await clock.advance(60_000)
    expect(send).not.toHaveBeenCalled()
    expect(await billing.worker.process([{ key, isLastAttempt: false }], signal)).toEqual(
      ['done'],
    )
    await clock.advance(0)
    expect(send).toHaveBeenCalledTimes(1)
    await billing.worker.stop()
  })
})
