import type { ClaimedBatch, Delivery } from '@countersign/core'
import { expectEqual } from '../expect.ts'
import type { StoreStatement } from '../statement.ts'
import { at, claim, DONE, delivery, LEASE_MS, recordOf } from '../store-context.ts'

const anything = { livemode: false, limit: 99 } as const

function idsOf({ events }: ClaimedBatch): readonly string[] {
  return events.map((event) => event.delivery.key.eventId)
}

const idOf = ({ key }: Delivery) => key.eventId

export const claimsOfObjects: readonly StoreStatement[] = [
  {
    id: 'store.claim-next.one-of-object',
    title:
      'Of each object one event is claimed, the oldest, and the next one after it is done',
    async run({ store }) {
      const [a1, a2, b1] = ['sub_a', 'sub_a', 'sub_b'].map((objectId) =>
        delivery({ objectId }),
      ) as [Delivery, Delivery, Delivery]
      for (const event of [a1, a2, b1]) await store.record(event, 'received', at(0))
      const first = await store.claimNext({ ...at(0), ...anything })
      expectEqual('the first batch', idsOf(first), [idOf(a1), idOf(b1)])
      const second = await store.claimNext({ ...at(0), ...anything })
      expectEqual('the batch while both are leased', idsOf(second), [])
      for (const { lease } of first.events) await store.commit(lease, DONE)
      const third = await store.claimNext({ ...at(0), ...anything })
      expectEqual('the batch after both are done', idsOf(third), [idOf(a2)])
    },
  },
  {
    id: 'store.claim-next.object-of-delivery',
    title:
      'While a delivery is at work on an object, a worker takes no other event of it',
    async run({ store }) {
      const inline = await claim(store, delivery({ objectId: 'sub_a' }))
      const waiting = delivery({ objectId: 'sub_a' })
      await store.record(waiting, 'received', at(0))
      const during = await store.claimNext({ ...at(0), ...anything })
      expectEqual('the events meanwhile', idsOf(during), [])
      await store.release(inline, { state: 'dead', error: 'boom' }, at(0))
      const then = await store.claimNext({ ...at(0), ...anything })
      expectEqual('the events afterwards', idsOf(then), [idOf(waiting)])
    },
  },
  {
    id: 'store.claim-next.object-of-certain-events',
    title: 'Who asks for certain events gets none whose object has another one at work',
    async run({ store }) {
      await claim(store, delivery({ objectId: 'sub_a' }))
      const waiting = delivery({ objectId: 'sub_a' })
      await store.record(waiting, 'received', at(0))
      const keys = [waiting.key]
      const batch = await store.claimNext({ ...at(0), ...anything, keys })
      expectEqual('the events of that object', idsOf(batch), [])
    },
  },
  {
    id: 'store.claim-next.object-after-lease',
    title: 'An object is free again once the lease of its event has ended',
    async run({ store }) {
      const [first, second] = [1, 2].map(() => delivery({ objectId: 'sub_a' }))
      if (first === undefined || second === undefined) return
      await store.record(first, 'received', at(0))
      await store.record(second, 'received', at(0))
      await store.claimNext({ ...at(0), ...anything })
      const ids: string[] = []
      for (const afterMs of [LEASE_MS, 2 * LEASE_MS]) {
        const { events } = await store.claimNext({ ...at(afterMs), ...anything })
        ids.push(...events.map((event) => idOf(event.delivery)))
        for (const { lease } of events) await store.commit(lease, DONE)
      }
      const expected = [idOf(first), idOf(second)].sort()
      expectEqual('the events', ids.sort(), expected)
    },
  },
  {
    id: 'store.claim-next.objects-apart',
    title: 'One id in two modes or two accounts is not one object',
    async run({ store }) {
      await claim(store, delivery({ objectId: 'sub_a', key: { livemode: true } }))
      const events = ['', 'acct_1', 'acct_2'].map((account) =>
        delivery({ objectId: 'sub_a', key: { account } }),
      )
      for (const event of events) await store.record(event, 'received', at(0))
      const batch = await store.claimNext({ ...at(0), ...anything })
      expectEqual('the events', idsOf(batch), events.map(idOf))
    },
  },
  {
    id: 'store.claim-next.no-object',
    title: 'Events without an object exclude nobody',
    async run({ store }) {
      const events = [1, 2, 3].map(() => delivery({ objectId: '' }))
      for (const event of events) await store.record(event, 'received', at(0))
      const batch = await store.claimNext({ ...at(0), ...anything })
      expectEqual('the events', idsOf(batch), events.map(idOf))
    },
  },
  {
    id: 'store.claim-next.hot-object',
    title: 'An object with many events keeps no other waiting',
    async run({ store }) {
      const hot = Array.from({ length: 40 }, () => delivery({ objectId: 'sub_hot' }))
      const other = delivery()
      await Promise.all(hot.map((event) => store.record(event, 'received', at(0))))
      await store.record(other, 'received', at(0))
      const { events } = await store.claimNext({ ...at(0), livemode: false, limit: 4 })
      const objects = events.map((event) => event.delivery.objectId)
      expectEqual('the objects', objects, ['sub_hot', other.objectId])
      const state = await recordOf(store, other.key)
      expectEqual('the attempts of the other', state.attempts, 1)
    },
  },
]
