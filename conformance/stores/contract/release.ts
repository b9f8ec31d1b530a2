import { expectEqual, expectTrue } from '../expect.ts'
import type { StoreStatement } from '../statement.ts'
import { at, claim, DONE, delivery, LEASE_MS, recordOf } from '../store-context.ts'

const anything = { livemode: false, limit: 9 } as const

export const releases: readonly StoreStatement[] = [
  {
    id: 'store.release.failed',
    title: 'A failed attempt leaves its error and the time of the retry',
    async run({ store }) {
      const event = delivery()
      const retryAt = at(500).now
      const end = { state: 'failed', error: 'TypeError: boom', retryAt } as const
      await store.release(await claim(store, event), end, at(0))
      const {
        state,
        lastError,
        retryAt: due,
        attempts,
      } = await recordOf(store, event.key)
      expectEqual(
        'the event',
        { state, lastError, due, attempts },
        { state: 'failed', lastError: 'TypeError: boom', due: retryAt, attempts: 1 },
      )
    },
  },
  {
    id: 'store.release.dead',
    title: 'An event that is given up waits for nobody, and says when and why',
    async run({ store }) {
      const event = delivery()
      const lease = await claim(store, event)
      await store.release(lease, { state: 'dead', error: 'boom' }, at(5))
      const { state, lastError, finishedAt } = await recordOf(store, event.key)
      const expected = { state: 'dead', lastError: 'boom', finishedAt: at(5).now }
      expectEqual('the event', { state, lastError, finishedAt }, expected)
      const batch = await store.claimNext({ ...at(2 * LEASE_MS), ...anything })
      expectEqual('the events that are due', batch.events, [])
    },
  },
  {
    id: 'store.release.received',
    title: 'An event that is given back is due at once, and its attempt does not count',
    async run({ store }) {
      const event = delivery()
      const first = await claim(store, event)
      await store.release(first, { state: 'received' }, at(0))
      const { events } = await store.claimNext({ ...at(0), ...anything })
      const attempts = events.map(({ lease }) => lease.attempt)
      expectEqual('the attempts that are due', attempts, [1])
      const token = events[0]?.lease.token ?? 0
      expectEqual('a token that has grown', token > first.token, true)
    },
  },
  {
    id: 'store.release.stale',
    title: 'Who has lost the lease to another gives nothing back',
    async run({ store }) {
      const event = delivery()
      const slow = await claim(store, event, at(0))
      const fast = await claim(store, event, at(LEASE_MS))
      const retryAt = at(LEASE_MS).now
      await store.release(slow, { state: 'failed', error: 'late', retryAt }, at(LEASE_MS))
      const { status } = await store.claim(event, at(LEASE_MS + 1))
      expectEqual('the answer to the next delivery', status, 'in_flight')
      const { committed } = await store.commit(fast, DONE)
      expectEqual('the commit of the other', committed, true)
    },
  },
  {
    id: 'store.release.done',
    title: 'An event that is done cannot be given back',
    async run({ store }) {
      const event = delivery()
      const lease = await claim(store, event)
      await store.commit(lease, DONE)
      await store.release(lease, { state: 'dead', error: 'late' }, at(0))
      expectEqual('the state', (await recordOf(store, event.key)).state, 'processed')
    },
  },
  {
    id: 'store.release.finished-handlers',
    title: 'A failed attempt keeps the handlers that have finished',
    async run({ store }) {
      const event = delivery()
      const lease = await claim(store, event)
      await store.commit(lease, { now: DONE.now, handler: 'grants' })
      const end = { state: 'failed', error: 'boom', retryAt: at(0).now } as const
      await store.release(lease, end, at(0))
      const { events } = await store.claimNext({ ...at(0), ...anything })
      const finished = events.map((one) => one.lease.finishedHandlers)
      expectEqual('the finished handlers', finished, [['grants']])
    },
  },
  {
    id: 'store.release.any-text',
    title: 'Whatever a handler threw can be kept',
    async run({ store }) {
      for (const error of [
        'é 日本 𝄞',
        'a\u0000b 𝄞',
        'half \ud834',
        'x'.repeat(100_000),
      ]) {
        const event = delivery()
        const lease = await claim(store, event)
        await store.release(lease, { state: 'dead', error }, at(0))
        const { state, lastError } = await recordOf(store, event.key)
        expectEqual('the state', state, 'dead')
        // A database may hold neither U+0000 nor half of a pair, and errors may be cut.
        const kept = error.split(/[\0\ud834]/)[0]?.slice(0, 500) ?? ''
        const isKept = lastError?.startsWith(kept) === true
        expectTrue(`an error that begins with ${kept.slice(0, 9)}`, isKept, lastError)
      }
    },
  },
]
