import { expect, it } from 'vitest'
import { memoryStore } from '../index.ts'
import { NOW, setUp } from '../webhooks/receive.test-setup.ts'

const DAY_MS = 86_400_000

/** A billing with so many events that were processed 40 days ago. */
async function withOld(count: number) {
  const store = memoryStore()
  const before = NOW - 40 * DAY_MS
  for (let i = 0; i < count; i += 1) {
    const key = { livemode: false, account: '', eventId: `evt_${i}` }
    const body = new Uint8Array([1])
    const facts = { type: 'invoice.paid', objectId: '', endpoint: undefined, created: 0 }
    await store.claimAndCommit(
      { key, body, ...facts },
      { now: before, handler: undefined, state: 'processed' },
      { now: before, leaseMs: 1_000 },
    )
  }
  const clock = {
    now: () => NOW,
    setTimeout: (callback: () => void) => setTimeout(callback, 0),
    clearTimeout: () => {},
  }
  return setUp({ store, clock }).billing
}

it('deletes bodies, or whole events, of that age, batch by batch', async () => {
  const { recovery, store } = await withOld(1_200)
  const progress: unknown[] = []
  const options = { onProgress: (pruned: unknown) => progress.push(pruned) }
  const none = { bodies: 0, events: 0, isComplete: true }
  expect(await recovery.prune({ bodiesOlderThanMs: 41 * DAY_MS })).toEqual(none)
  expect(await recovery.prune({ bodiesOlderThanMs: 39 * DAY_MS, ...options })).toEqual({
    bodies: 1_200,
    events: 0,
    isComplete: true,
  })
  expect(progress).toEqual([500, 1_000, 1_200].map((bodies) => ({ bodies, events: 0 })))
  expect(await recovery.prune({ eventsOlderThanMs: 31 * DAY_MS })).toMatchObject({
    events: 1_200,
  })
  const { events } = await store.recovery.list({ livemode: false }, { limit: 1 })
  expect(events).toEqual([])
})

it('stops between two batches when it is told to', async () => {
  const { recovery } = await withOld(1_200)
  const aborting = new AbortController()
  const { signal } = aborting
  const onProgress = () => aborting.abort()
  expect(await recovery.prune({ bodiesOlderThanMs: 0, signal, onProgress })).toEqual({
    bodies: 500,
    events: 0,
    isComplete: false,
  })
})

it.each([
  [{}, 'no age was given'],
  [{ eventsOlderThanMs: 31 * DAY_MS - 1 }, 'Stripe may bring an event back'],
  [{ eventsOlderThanMs: Number.NaN }, 'eventsOlderThanMs is NaN'],
  [{ bodiesOlderThanMs: -1 }, 'bodiesOlderThanMs is -1'],
])('refuses %j', async (options, message) => {
  const { recovery } = await withOld(1)
  await expect(recovery.prune(options)).rejects.toMatchObject({
    code: 'recovery_refused',
    message: expect.stringContaining(message),
  })
})
