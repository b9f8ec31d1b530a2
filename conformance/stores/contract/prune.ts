import type { Delivery } from '@countersign/core'
import { expectEqual } from '../expect.ts'
import type { StoreStatement } from '../statement.ts'
import { at, claim, DONE, delivery, type Instance, recordOf } from '../store-context.ts'

const LONG_AFTER = at(86_400_000).now

/** An event of each state, all of the same age. */
async function eventOfEachState(store: Instance): Promise<Record<string, Delivery>> {
  const names = [
    'processed',
    'ignored',
    'skipped',
    'received',
    'leased',
    'failed',
    'dead',
  ]
  const events = Object.fromEntries(
    [...names, 'unmatched'].map((name) => [name, delivery({ key: { eventId: name } })]),
  )
  const of = (name: string) => events[name] ?? delivery()
  await store.claimAndCommit(of('processed'), DONE, at(0))
  await store.record(of('ignored'), 'ignored', at(0))
  await store.record(of('skipped'), 'received', at(0))
  await store.recovery.skip(of('skipped').key, { now: at(0).now, reason: 'no' })
  await store.record(of('received'), 'received', at(0))
  await claim(store, of('leased'))
  const failed = { state: 'failed', error: 'boom', retryAt: at(0).now } as const
  await store.release(await claim(store, of('failed')), failed, at(0))
  const dead = { state: 'dead', error: 'boom' } as const
  await store.release(await claim(store, of('dead')), dead, at(0))
  await store.record(of('unmatched'), 'unmatched', at(0))
  return events
}

/** The ids of the events that are there, and of those that have a body. */
async function whatIsLeft(store: Instance) {
  const { events } = await store.recovery.list({ livemode: false }, { limit: 99 })
  const ids = (list: typeof events) => list.map(({ key }) => key.eventId).sort()
  return { events: ids(events), bodies: ids(events.filter(({ hasBody }) => hasBody)) }
}

const KEPT = ['dead', 'failed', 'leased', 'received', 'unmatched']
const FINISHED = ['ignored', 'processed', 'skipped']

export const prunes: readonly StoreStatement[] = [
  {
    id: 'store.prune.bodies',
    title: 'Bodies are deleted of events that are done, and of no other',
    async run({ store }) {
      await eventOfEachState(store)
      const pruned = await store.recovery.prune({ bodiesBefore: LONG_AFTER, limit: 99 })
      expectEqual('the numbers', pruned, { bodies: 3, events: 0 })
      const left = { events: [...KEPT, ...FINISHED].sort(), bodies: KEPT }
      expectEqual('what is left', await whatIsLeft(store), left)
    },
  },
  {
    id: 'store.prune.events',
    title: 'Whole events are deleted that are done, and no other',
    async run({ store }) {
      await eventOfEachState(store)
      const { events } = await store.recovery.prune({
        eventsBefore: LONG_AFTER,
        limit: 99,
      })
      expectEqual('the number of events', events, 3)
      const left = { events: KEPT, bodies: KEPT }
      expectEqual('what is left', await whatIsLeft(store), left)
    },
  },
  {
    id: 'store.prune.age',
    title: 'Only what has not changed since a time is deleted',
    async run({ store }) {
      const [old, young] = [delivery(), delivery()]
      await store.record(old, 'ignored', at(0))
      await store.record(young, 'received', at(0))
      await store.commit(await claim(store, young), { ...DONE, now: at(50).now })
      const none = await store.recovery.prune({ bodiesBefore: at(0).now, limit: 9 })
      expectEqual('the number of bodies, none of them older', none.bodies, 0)
      const bodiesBefore = at(50).now
      const some = await store.recovery.prune({ bodiesBefore, limit: 9 })
      expectEqual('the number of bodies, one of them older', some.bodies, 1)
      expectEqual(
        'a body of the old one',
        (await recordOf(store, old.key)).hasBody,
        false,
      )
      const rest = await store.recovery.prune({ eventsBefore: at(50).now, limit: 9 })
      expectEqual('the number of events', rest.events, 1)
    },
  },
  {
    id: 'store.prune.limit',
    title: 'No more is deleted at once than was allowed',
    async run({ store }) {
      for (let index = 0; index < 5; index += 1) {
        await store.claimAndCommit(delivery(), DONE, at(0))
      }
      const bodies = []
      for (let round = 0; round < 3; round += 1) {
        const pruned = await store.recovery.prune({ bodiesBefore: LONG_AFTER, limit: 2 })
        bodies.push(pruned.bodies)
      }
      expectEqual('the numbers of bodies', bodies, [2, 2, 1])
      const first = await store.recovery.prune({ eventsBefore: LONG_AFTER, limit: 4 })
      const second = await store.recovery.prune({ eventsBefore: LONG_AFTER, limit: 4 })
      expectEqual('the numbers of events', [first.events, second.events], [4, 1])
    },
  },
  {
    id: 'store.prune.duplicate',
    title: 'An event without a body is a duplicate still, and cannot be run again',
    async run({ store }) {
      const event = delivery()
      await store.claimAndCommit(event, DONE, at(0))
      await store.recovery.prune({ bodiesBefore: LONG_AFTER, limit: 9 })
      const { status } = await store.claim(event, at(0))
      expectEqual('the answer to a delivery', status, 'processed')
      const again = { now: at(0).now, again: true }
      const count = await store.recovery.requeue([event.key], again)
      expectEqual('the number of events that now wait', count, 0)
    },
  },
  {
    id: 'store.prune.effects-stay',
    title: 'An effect stays done when its event has been deleted',
    async run({ store }) {
      const mark = { ...DONE, declared: [{ effect: 'paid in_1' }] }
      await store.claimAndCommit(delivery(), mark, at(0))
      await store.recovery.prune({ eventsBefore: LONG_AFTER, limit: 9 })
      const result = await store.commit(await claim(store), DONE, {
        effects: ['paid in_1'],
      })
      const isNew = result.committed && result.value?.effects
      expectEqual('what is new', isNew, [false])
    },
  },
  {
    id: 'store.prune.body-again',
    title: 'A delivery of an ignored event whose body was deleted brings it back',
    async run({ store }) {
      const [claimed, recorded] = [delivery(), delivery()]
      for (const event of [claimed, recorded]) await store.record(event, 'ignored', at(0))
      await store.recovery.prune({ bodiesBefore: LONG_AFTER, limit: 9 })
      const lease = await claim(store, claimed)
      await store.release(lease, { state: 'received' }, at(0))
      await store.record(recorded, 'received', at(0))
      for (const { key } of [claimed, recorded]) {
        expectEqual('a body', (await recordOf(store, key)).hasBody, true)
      }
      const batch = await store.claimNext({ ...at(0), livemode: false, limit: 9 })
      const got = batch.events.map((one) => new TextDecoder().decode(one.delivery.body))
      const expected = [claimed, recorded].map(({ body }) =>
        new TextDecoder().decode(body),
      )
      expectEqual('the bodies', got.sort(), expected.sort())
    },
  },
]
