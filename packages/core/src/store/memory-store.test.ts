import { describe, expect, it } from 'vitest'
import type { MemoryTransaction } from './memory-store.ts'
import { memoryStore } from './memory-store.ts'
import type { Delivery, Lease, Store } from './store.ts'

const delivery = (key: Partial<Delivery['key']> = {}): Delivery => ({
  key: { livemode: false, account: '', eventId: 'evt_1', ...key },
  type: 'invoice.paid',
  endpoint: undefined,
  created: 1,
  body: new Uint8Array(),
})
const at = (now: number) => ({ now, leaseMs: 1_000 })
const last = { handler: 'on', state: 'processed' } as const

async function claim(store: Store<MemoryTransaction>, now = 0): Promise<Lease> {
  const result = await store.claim(delivery(), at(now))
  return result.status === 'claimed' ? result.lease : expect.fail(result.status)
}

describe('memoryStore', () => {
  it('gives an event to exactly one of many', async () => {
    const store = memoryStore()
    const claims = await Promise.all(
      Array.from({ length: 20 }, () => store.claim(delivery(), at(0))),
    )
    const statuses = claims.map(({ status }) => status).sort()
    expect(statuses).toEqual(['claimed', ...Array(19).fill('in_flight')])
  })

  it('tells events apart by mode and account', async () => {
    const store = memoryStore()
    for (const key of [{}, { livemode: true }, { account: 'acct_1' }]) {
      expect(await store.claim(delivery(key), at(0))).toMatchObject({ status: 'claimed' })
    }
  })

  it('is done with an event once its last handler has committed', async () => {
    const store = memoryStore()
    expect(await store.commit(await claim(store), last)).toMatchObject({
      committed: true,
    })
    expect(await store.claim(delivery(), at(0))).toEqual({ status: 'processed' })
  })

  it('lets nobody commit whose lease was taken over', async () => {
    const store = memoryStore()
    const slow = await claim(store, 0)
    const fast = await claim(store, 1_000)
    expect(fast).toMatchObject({ token: slow.token + 1, attempt: 2 })
    let ran = false
    const late = await store.commit(slow, last, () => {
      ran = true
    })
    expect(late).toEqual({ committed: false })
    expect(ran).toBe(false)
    expect(await store.commit(fast, last)).toMatchObject({ committed: true })
  })

  it('gives a failed event back at once', async () => {
    const store = memoryStore()
    await store.release(await claim(store), { error: 'boom' })
    expect(await claim(store)).toMatchObject({ attempt: 2, finishedHandlers: [] })
  })

  it('commits nothing for somebody who has given the event back', async () => {
    const store = memoryStore()
    const lease = await claim(store)
    await store.release(lease, { error: 'boom' })
    expect(await store.commit(lease, last)).toEqual({ committed: false })
    expect(await claim(store)).toMatchObject({ attempt: 2 })
  })

  it('remembers a handler that committed before another one failed', async () => {
    const store = memoryStore()
    const lease = await claim(store)
    await store.commit(lease, { handler: 'grants' })
    await store.release(lease, { error: 'boom' })
    expect(await claim(store)).toMatchObject({ finishedHandlers: ['grants'] })
  })

  it('does not give an event back for somebody who has lost it', async () => {
    const store = memoryStore()
    const slow = await claim(store, 0)
    const fast = await claim(store, 1_000)
    await store.release(slow, { error: 'late' })
    expect(await store.claim(delivery(), at(1_500))).toEqual({ status: 'in_flight' })
    expect(await store.commit(fast, last)).toMatchObject({ committed: true })
  })

  it('keeps an effect once, across events, and apart by account', async () => {
    const store = memoryStore()
    const record = async (key: Partial<Delivery['key']>) => {
      const result = await store.claim(delivery(key), at(0))
      if (result.status !== 'claimed') return expect.fail(result.status)
      const committed = await store.commit(result.lease, last, (_, effect) =>
        effect('invoice in_1'),
      )
      return committed.committed && committed.value
    }
    expect(await record({ eventId: 'evt_1' })).toBe(true)
    expect(await record({ eventId: 'evt_2' })).toBe(false)
    expect(await record({ eventId: 'evt_3', account: 'acct_1' })).toBe(true)
  })

  it('keeps nothing of a transaction that throws', async () => {
    const store = memoryStore()
    const lease = await claim(store)
    const failing = store.commit(lease, last, (_, effect) => {
      effect('invoice in_1')
      throw new Error('boom')
    })
    await expect(failing).rejects.toThrow('boom')
    const result = await store.commit(lease, last, (_, effect) => effect('invoice in_1'))
    expect(result).toEqual({ committed: true, value: true })
  })

  it('keeps nothing of a callback that turns out to be asynchronous', async () => {
    const store = memoryStore()
    const lease = await claim(store)
    const asynchronous = async (_: undefined, effect: (key: string) => boolean) => {
      effect('invoice in_1')
      throw new Error('nobody waits for it')
    }
    await expect(store.commit(lease, last, asynchronous)).rejects.toMatchObject({
      code: 'transaction_asynchronous',
    })
    const result = await store.commit(lease, last, (_, effect) => effect('invoice in_1'))
    expect(result).toEqual({ committed: true, value: true })
  })

  it('records what nothing acts on, and leaves it free for somebody who does', async () => {
    const store = memoryStore()
    expect(await store.record(delivery(), 'ignored')).toBe('idle')
    expect(await store.record(delivery(), 'unmatched')).toBe('idle')
    expect(await claim(store)).toMatchObject({ attempt: 1 })
  })

  it('tells who has nothing to do with an event what others have made of it', async () => {
    const store = memoryStore()
    const lease = await claim(store)
    expect(await store.record(delivery(), 'ignored')).toBe('unfinished')
    await store.release(lease, { error: 'boom' })
    expect(await store.record(delivery(), 'ignored')).toBe('unfinished')
    await store.commit(await claim(store), last)
    expect(await store.record(delivery(), 'ignored')).toBe('processed')
    expect(await store.claim(delivery(), at(0))).toEqual({ status: 'processed' })
  })
})
