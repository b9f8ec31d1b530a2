import type { Delivery } from '@countersign/core'
import { expectEqual } from '../expect.ts'
import type { StoreStatement } from '../statement.ts'
import {
  at,
  claim,
  DONE,
  delivery,
  type Instance,
  LEASE_MS,
  processed,
  recordOf,
} from '../store-context.ts'

const anything = { livemode: false, limit: 99 } as const
const now = { now: at(100).now, again: false } as const

async function failed(store: Instance, afterMs = 86_400_000): Promise<Delivery> {
  const event = delivery()
  const end = { state: 'failed', error: 'boom', retryAt: at(afterMs).now } as const
  await store.release(await claim(store, event), end, at(0))
  return event
}

async function dead(store: Instance): Promise<Delivery> {
  const event = delivery()
  await store.release(await claim(store, event), { state: 'dead', error: 'boom' }, at(0))
  return event
}

export const requeues: readonly StoreStatement[] = [
  {
    id: 'store.requeue.any-end',
    title: 'Events that have ended in any way are due at once, as a first attempt',
    async run({ store }) {
      const [done, ignored, skipped] = [delivery(), delivery(), delivery()]
      await processed(store, done)
      await store.record(ignored, 'ignored', at(0))
      await store.record(skipped, 'received', at(0))
      await store.recovery.skip(skipped.key, { now: at(0).now, reason: 'no' })
      const events = [done, ignored, skipped, await dead(store), await failed(store)]
      const keys = events.map(({ key }) => key)
      const count = await store.recovery.requeue([...keys, ...keys], now)
      expectEqual('the number of events that now wait', count, events.length)
      const batch = await store.claimNext({ ...at(100), ...anything })
      const got = batch.events.map(({ lease }) => `${lease.key.eventId} ${lease.attempt}`)
      const expected = keys.map(({ eventId }) => `${eventId} 1`)
      expectEqual('the attempts that are due', got.sort(), expected.sort())
    },
  },
  {
    id: 'store.requeue.when',
    title: 'A record says when its event was asked for, so that a list can leave it out',
    async run({ store }) {
      const [first, second] = [await dead(store), await dead(store)]
      await store.recovery.requeue([first.key], now)
      const { requeuedAt, finishedAt } = await recordOf(store, first.key)
      const expected = { requeuedAt: now.now, finishedAt: undefined }
      expectEqual('the record', { requeuedAt, finishedAt }, expected)
      const query = { livemode: false, notRequeuedSince: now.now }
      const { events } = await store.recovery.list(query, { limit: 9 })
      const ids = events.map(({ key }) => key.eventId)
      expectEqual('those that were not asked for', ids, [second.key.eventId])
      const later = { livemode: false, notRequeuedSince: now.now + 1 }
      const all = await store.recovery.list(later, { limit: 9 })
      expectEqual('those that were not asked for later', all.events.length, 2)
    },
  },
  {
    id: 'store.requeue.finished-handlers',
    title: 'Handlers that have finished are left out, unless all shall run again',
    async run({ store }) {
      const [rest, all] = [delivery(), delivery()]
      for (const event of [rest, all]) {
        const lease = await claim(store, event)
        await store.commit(lease, { now: DONE.now, handler: 'grants' })
        await store.release(lease, { state: 'dead', error: 'boom' }, at(0))
      }
      await store.recovery.requeue([rest.key], now)
      await store.recovery.requeue([all.key], { ...now, again: true })
      const batch = await store.claimNext({ ...at(100), ...anything })
      const got = new Map(
        batch.events.map(({ lease }) => [lease.key.eventId, lease.finishedHandlers]),
      )
      const finished = [got.get(rest.key.eventId), got.get(all.key.eventId)]
      expectEqual('the finished handlers', finished, [['grants'], []])
    },
  },
  {
    id: 'store.requeue.leased',
    title: 'What somebody works on, and what waits already, is left alone',
    async run({ store }) {
      const [leased, waiting] = [delivery(), delivery()]
      const lease = await claim(store, leased)
      await store.record(waiting, 'received', at(0))
      const unknown = { ...leased.key, account: 'acct_1' }
      const keys = [leased.key, waiting.key, unknown]
      const count = await store.recovery.requeue(keys, now)
      expectEqual('the number of events', count, 0)
      const { requeuedAt } = await recordOf(store, leased.key)
      expectEqual('the time at which it was asked for', requeuedAt, undefined)
      const { status } = await store.claim(leased, at(100))
      expectEqual('the answer to the next delivery', status, 'in_flight')
      const { committed } = await store.commit(lease, DONE)
      expectEqual('the commit', committed, true)
    },
  },
  {
    id: 'store.requeue.late-commit',
    title:
      'Who held an event that was asked for after the end of its lease commits nothing',
    async run({ store }) {
      const event = delivery()
      const slow = await claim(store, event, at(-2 * LEASE_MS))
      await store.recovery.requeue([event.key], now)
      const late = await store.commit(slow, DONE)
      expectEqual('the commit', late, { committed: false })
    },
  },
  {
    id: 'store.requeue.by-scope',
    title: 'The events of the same id in another mode or account are left alone',
    async run({ store }) {
      const event = await dead(store)
      for (const scope of [{ livemode: true }, { account: 'acct_1' }]) {
        const other = delivery({ key: { ...event.key, ...scope } })
        const lease = await claim(store, other)
        await store.release(lease, { state: 'dead', error: 'boom' }, at(0))
      }
      const count = await store.recovery.requeue([event.key], now)
      expectEqual('the number of events', count, 1)
      const query = { ids: [event.key.eventId], states: ['dead'] as const }
      const list = (livemode: boolean) =>
        store.recovery.list({ livemode, ...query }, { limit: 9 })
      const test = (await list(false)).events.map(({ key }) => key.account)
      const live = (await list(true)).events.map(({ key }) => key.account)
      expectEqual('the events that are dead still', [test, live], [['acct_1'], ['']])
    },
  },
  {
    id: 'store.requeue.effects-stay',
    title: 'An effect stays done when its event is run again',
    async run({ store }) {
      const event = delivery()
      await store.commit(await claim(store, event), DONE, { effects: ['paid in_1'] })
      await store.recovery.requeue([event.key], { ...now, again: true })
      const lease = await claim(store, event, at(100))
      const result = await store.commit(lease, DONE, { effects: ['paid in_1'] })
      const isNew = result.committed && result.value?.effects
      expectEqual('what is new', isNew, [false])
    },
  },
]

export const skips: readonly StoreStatement[] = [
  {
    id: 'store.skip.open',
    title: 'An event that is not processed can be skipped, with a reason',
    async run({ store }) {
      const [waiting, ignored] = [delivery(), delivery()]
      await store.record(waiting, 'received', at(0))
      await store.record(ignored, 'ignored', at(0))
      for (const { key } of [
        waiting,
        ignored,
        await dead(store),
        await failed(store, 0),
      ]) {
        const reason = 'a\u0000 𝄞'
        const done = await store.recovery.skip(key, { now: at(7).now, reason })
        expectEqual('the answer', done, true)
        const { state, finishedAt } = await recordOf(store, key)
        const expected = { state: 'skipped', finishedAt: at(7).now }
        expectEqual('the event', { state, finishedAt }, expected)
      }
      await store.recovery.skip(waiting.key, { now: at(8).now, reason: 'spam' })
      const batch = await store.claimNext({ ...at(2 * LEASE_MS), ...anything })
      expectEqual('the events that are due', batch.events, [])
    },
  },
  {
    id: 'store.skip.reason',
    title: 'The reason stays with the event',
    async run({ store }) {
      const event = await dead(store)
      await store.recovery.skip(event.key, { now: at(7).now, reason: 'é 𝄞' })
      expectEqual('the reason', (await recordOf(store, event.key)).reason, 'é 𝄞')
    },
  },
  {
    id: 'store.skip.refused',
    title: 'What is processed, leased or unknown is not skipped',
    async run({ store }) {
      const [done, leased] = [delivery(), delivery()]
      await processed(store, done)
      const lease = await claim(store, leased)
      const unknown = { ...done.key, eventId: 'evt_unknown' }
      const answers = []
      for (const key of [done.key, leased.key, unknown]) {
        answers.push(await store.recovery.skip(key, { now: at(1).now, reason: 'no' }))
      }
      expectEqual('the answers', answers, [false, false, false])
      expectEqual('the state', (await recordOf(store, done.key)).state, 'processed')
      expectEqual('the commit', (await store.commit(lease, DONE)).committed, true)
    },
  },
]

export const checkpoints: readonly StoreStatement[] = [
  {
    id: 'store.checkpoint.kept',
    title: 'A checkpoint holds the last text that was kept under its name',
    async run({ store }) {
      const { recovery } = store
      const first = await recovery.readCheckpoint('events')
      expectEqual('the text at first', first, undefined)
      await recovery.writeCheckpoint('events', 'evt_1')
      await recovery.writeCheckpoint('events', 'é 𝄞')
      await recovery.writeCheckpoint('other', '')
      const texts = [
        await recovery.readCheckpoint('events'),
        await recovery.readCheckpoint('other'),
      ]
      expectEqual('the texts', texts, ['é 𝄞', ''])
    },
  },
]
