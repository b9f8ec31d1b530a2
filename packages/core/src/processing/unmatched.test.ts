import { describe, expect, it, vi } from 'vitest'
import { defineHandlers, type MemoryTransaction, memoryStore } from '../index.ts'
import { eventOf, setUp } from '../webhooks/receive.test-setup.ts'

async function recordOf(store: ReturnType<typeof memoryStore>) {
  const { events } = await store.recovery.list({ livemode: false }, { limit: 1 })
  return events[0]
}

describe('context.unmatched', () => {
  it('keeps the event as unmatched, with its reason, and answers 200', async () => {
    const store = memoryStore()
    const { receive } = setUp({
      store,
      onEvent: (_, context) => context.unmatched('nobody has cus_1'),
    })
    expect(await receive()).toMatchObject({ status: 200, outcome: 'unmatched' })
    expect(await recordOf(store)).toMatchObject({
      state: 'unmatched',
      reason: 'nobody has cus_1',
    })
  })

  it('commits what the handler writes all the same', async () => {
    const store = memoryStore()
    const { receive } = setUp({
      store,
      onEvent: async (_, context) => {
        context.unmatched('nobody')
        await context.transaction(() => context.effect('noted'))
      },
    })
    expect(await receive()).toMatchObject({ outcome: 'unmatched' })
    expect(await recordOf(store)).toMatchObject({ state: 'unmatched' })
  })

  it('lets the handlers that have finished rest when the event comes again', async () => {
    const store = memoryStore()
    const finished = vi.fn()
    let owner: string | undefined
    const { receive } = setUp({
      store,
      on: [
        defineHandlers<MemoryTransaction>('grants', {
          'invoice.paid': (_, context) => {
            if (owner === undefined) context.unmatched('nobody')
          },
        }),
        defineHandlers('mails', { 'invoice.paid': finished }),
      ],
    })
    expect(await receive()).toMatchObject({ outcome: 'unmatched' })
    owner = 'user_1'
    expect(await receive()).toMatchObject({ outcome: 'processed' })
    expect(finished).toHaveBeenCalledTimes(1)
    expect(await recordOf(store)).toMatchObject({ state: 'processed', reason: undefined })
  })

  it('is told of when it comes too late', async () => {
    const { receive, lines } = setUp({
      onEvent: async (_, context) => {
        await context.transaction(() => {})
        context.unmatched('nobody')
      },
    })
    expect(await receive(eventOf())).toMatchObject({ outcome: 'processed' })
    expect(lines[0]).toMatchObject({ level: 'warn' })
    expect(lines[0]?.message).toContain('Call it before context.transaction')
  })
})
