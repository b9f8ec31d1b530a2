import { describe, expect, it, vi } from 'vitest'
import {
  type BillingOptions,
  defineHandlers,
  type MemoryTransaction,
  memoryStore,
  type SenderFacts,
} from '../index.ts'
import { virtualClock } from '../runtime/virtual-clock.test-setup.ts'
import { eventOf, setUp } from '../webhooks/receive.test-setup.ts'

const receipt = { topic: 'receipt', key: 'receipt of in_1', payload: { to: 'a@b.c' } }

const writesReceipt = defineHandlers<MemoryTransaction>('receipts', {
  'invoice.paid': (_, context) =>
    context.transaction(() => {
      context.outbox(receipt)
    }),
})

function withOutbox(
  outbox: NonNullable<BillingOptions<MemoryTransaction>['outbox']>,
  options: Partial<BillingOptions<MemoryTransaction>> = {},
) {
  const clock = virtualClock()
  const set = setUp({ on: [writesReceipt], ...options, outbox, clock })
  return { ...set, clock, drain: () => set.billing.worker.drain({ budgetMs: 10_000 }) }
}

describe('the outbox', () => {
  it('sends a message after its transaction has committed, once, with its key', async () => {
    const sent: { payload: unknown; facts: SenderFacts }[] = []
    const { receive, drain } = withOutbox({
      receipt: (payload, facts) => void sent.push({ payload, facts }),
    })
    await receive(eventOf({ account: 'acct_1' }))
    expect(sent).toEqual([])
    expect(await drain()).toMatchObject({ messages: { done: 1 }, isIdle: true })
    await receive(eventOf({ account: 'acct_1' }))
    await drain()
    expect(sent).toMatchObject([
      {
        payload: { to: 'a@b.c' },
        facts: {
          key: 'receipt of in_1',
          attempt: 1,
          account: 'acct_1',
          livemode: false,
        },
      },
    ])
  })

  it('wakes a worker that sleeps', async () => {
    const send = vi.fn()
    const { receive, billing, clock } = withOutbox({ receipt: send })
    billing.worker.start()
    await clock.advance(5)
    await receive()
    await clock.advance(0)
    expect(send).toHaveBeenCalledTimes(1)
    await billing.worker.stop()
  })

  it('writes one message for one key, whichever event asks for it', async () => {
    const news: boolean[] = []
    const send = vi.fn()
    const { receive, drain } = withOutbox(
      { receipt: send },
      {
        onEvent: (_, context) =>
          context.transaction(() => {
            news.push(context.outbox(receipt))
          }),
        on: {},
      },
    )
    await receive()
    await receive(eventOf({ id: 'evt_2' }))
    await drain()
    expect(news).toEqual([true, false])
    expect(send).toHaveBeenCalledTimes(1)
  })

  it('sends nothing of a transaction that failed', async () => {
    const send = vi.fn()
    const { receive, drain } = withOutbox(
      { receipt: send },
      {
        on: {},
        onEvent: (_, context) =>
          context.transaction(() => {
            context.outbox(receipt)
            throw new Error('boom')
          }),
      },
    )
    expect(await receive()).toMatchObject({ status: 500 })
    await drain()
    expect(send).not.toHaveBeenCalled()
  })

  it('tries again what a sender failed at, with the attempt counted, and gives up at the limit', async () => {
    const attempts: number[] = []
    const { receive, billing, clock, lines } = withOutbox(
      {
        receipt: (_, { attempt }) => {
          attempts.push(attempt)
          throw new Error('the mail server is down')
        },
      },
      { retries: { limit: 3, firstMs: 100, maxMs: 1_000 } },
    )
    await receive()
    billing.worker.start()
    await clock.advance(10_000)
    expect(attempts).toEqual([1, 2, 3])
    expect(lines.filter(({ level }) => level === 'error')).toHaveLength(3)
    await billing.worker.stop()
  })

  it('keeps a message that nobody sends, until somebody does', async () => {
    const { receive, drain, lines, clock, billing } = withOutbox({})
    await receive()
    await drain()
    expect(`${lines.at(-1)?.fields?.error}`).toContain('no sender is registered')
    await clock.advance(10_000)
    const send = vi.fn()
    const later = setUp({ store: billing.store, outbox: { receipt: send }, clock })
    await later.billing.worker.drain({ budgetMs: 1_000 })
    expect(send).toHaveBeenCalledTimes(1)
  })

  it('does not wait for a sender that hangs, and tells it to stop', async () => {
    const signals: AbortSignal[] = []
    const { receive, billing, clock } = withOutbox(
      {
        receipt: (_, { signal }) => {
          signals.push(signal)
          return signals.length === 1 ? new Promise<void>(() => {}) : undefined
        },
      },
      { handlerTimeoutMs: 1_000, worker: { concurrency: 1 } },
    )
    await receive()
    billing.worker.start()
    await clock.advance(60_000)
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false])
    await billing.worker.stop()
  })

  it('sends again, soon, what a worker that stops has left', async () => {
    let count = 0
    const { receive, billing, clock, drain } = withOutbox({
      receipt: () => {
        count += 1
        return count === 1 ? new Promise<void>(() => {}) : undefined
      },
    })
    await receive()
    billing.worker.start()
    await clock.advance(0)
    const stopped = billing.worker.stop({ graceMs: 10 })
    await clock.advance(10)
    await stopped
    expect(await drain()).toMatchObject({ messages: { done: 1 } })
  })

  it('sends nothing that its store gave it only after it had to stop', async () => {
    const inner = memoryStore()
    const { promise, resolve } = Promise.withResolvers<void>()
    const send = vi.fn()
    const { receive, billing, clock, drain } = withOutbox(
      { receipt: send },
      {
        store: {
          ...inner,
          outbox: {
            ...inner.outbox,
            claimNext: async (options) => {
              await promise
              return inner.outbox.claimNext(options)
            },
          },
        },
      },
    )
    await receive()
    billing.worker.start()
    await clock.advance(0)
    const stopped = billing.worker.stop({ graceMs: 10 })
    await clock.advance(10)
    resolve()
    await stopped
    expect(send).not.toHaveBeenCalled()
    expect(await drain()).toMatchObject({ messages: { done: 1 } })
  })

  it.each([
    ['no topic', { ...receipt, topic: '' }],
    ['no key', { ...receipt, key: undefined as unknown as string }],
    ['a payload that is no JSON', { ...receipt, payload: () => {} }],
    ['a payload that JSON cannot hold', { ...receipt, payload: 1n }],
  ])('refuses a message with %s', async (_, message) => {
    const { receive, lines } = withOutbox(
      {},
      {
        on: {},
        onEvent: (_, context) =>
          context.transaction(() => {
            context.outbox(message)
          }),
      },
    )
    expect(await receive()).toMatchObject({ status: 500 })
    expect(lines[0]?.fields?.error).toMatchObject({ code: 'outbox_message_invalid' })
  })

  it('is written to inside a transaction only', async () => {
    const { receive, lines } = withOutbox(
      {},
      { on: {}, onEvent: (_, context) => void context.outbox(receipt) },
    )
    expect(await receive()).toMatchObject({ status: 500 })
    expect(lines[0]?.fields?.error).toMatchObject({ code: 'effect_outside_transaction' })
  })
})
