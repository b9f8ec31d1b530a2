import type { ClaimedBatch, Delivery } from '@countersign/core'
import { expectEqual } from '../expect.ts'
import type { StoreStatement } from '../statement.ts'
import { at, claim, DONE, delivery, type Instance, LEASE_MS } from '../store-context.ts'

const anything = { livemode: false, limit: 99 } as const

async function recorded(store: Instance, count: number): Promise<readonly Delivery[]> {
  const events = Array.from({ length: count }, () => delivery())
  for (const event of events) await store.record(event, 'received', at(0))
  return events
}

function idsOf({ events }: ClaimedBatch): readonly string[] {
  return events.map((event) => event.delivery.key.eventId)
}

const idOf = ({ key }: Delivery) => key.eventId

export const claimsOfNext: readonly StoreStatement[] = [
  {
    id: 'store.claim-next.in-order',
    title: 'Events are claimed in the order in which they came, whatever their ids',
    async run({ store }) {
      const events = ['evt_c', 'evt_a', 'evt_b'].map((eventId) =>
        delivery({ key: { eventId } }),
      )
      for (const event of events) await store.record(event, 'received', at(0))
      const batch = await store.claimNext({ ...at(0), ...anything })
      expectEqual('the order', idsOf(batch), events.map(idOf))
    },
  },
  {
    id: 'store.claim-next.failed-when-due',
    title: 'A failed event is due at the time of its retry, after those that are new',
    async run({ store }) {
      const failed = delivery()
      const end = { state: 'failed', error: 'boom', retryAt: at(500).now } as const
      await store.release(await claim(store, failed), end, at(0))
      const [first] = await recorded(store, 1)
      const early = await store.claimNext({ ...at(499), ...anything, limit: 9 })
      expectEqual('the events before the retry', idsOf(early), [first && idOf(first)])
      const [second] = await recorded(store, 1)
      const late = await store.claimNext({ ...at(500), ...anything, limit: 9 })
      expectEqual('the events then', idsOf(late), [second && idOf(second), idOf(failed)])
    },
  },
  {
    id: 'store.claim-next.only-open',
    title: 'Events that are done, dead, idle or skipped are given to nobody',
    async run({ store }) {
      const [dead, skipped] = [delivery(), delivery()]
      await store.claimAndCommit(delivery(), DONE, at(0))
      await store.record(delivery(), 'ignored', at(0))
      await store.commit(await claim(store), { ...DONE, state: 'unmatched' })
      await store.release(await claim(store, dead), { state: 'dead', error: 'b' }, at(0))
      await store.record(skipped, 'received', at(0))
      await store.recovery.skip(skipped.key, { now: at(0).now, reason: 'no' })
      const batch = await store.claimNext({ ...at(2 * LEASE_MS), ...anything })
      const nothing = { events: [], nextDueAt: undefined }
      expectEqual('the batch', batch, nothing)
    },
  },
  {
    id: 'store.claim-next.limit',
    title: 'No more events are claimed than were asked for',
    async run({ store }) {
      const events = await recorded(store, 5)
      const first = await store.claimNext({ ...at(0), ...anything, limit: 2 })
      const second = await store.claimNext({ ...at(0), ...anything, limit: 9 })
      const ids = [idsOf(first), idsOf(second)]
      expectEqual('the batches', ids, [
        events.slice(0, 2).map(idOf),
        events.slice(2).map(idOf),
      ])
    },
  },
  {
    id: 'store.claim-next.by-mode',
    title: 'A worker gets events of its mode alone',
    async run({ store }) {
      const live = delivery({ key: { livemode: true } })
      await store.record(live, 'received', at(0))
      const test = await store.claimNext({ ...at(0), ...anything })
      expectEqual('the batch of the test mode', test, {
        events: [],
        nextDueAt: undefined,
      })
      const batch = await store.claimNext({ ...at(0), ...anything, livemode: true })
      expectEqual('the batch of the live mode', idsOf(batch), [idOf(live)])
    },
  },
  {
    id: 'store.claim-next.keys',
    title: 'Who asks for certain events gets no other',
    async run({ store }) {
      const [, second, third] = await recorded(store, 3)
      if (second === undefined || third === undefined) return
      const live = { ...third.key, livemode: true }
      const other = { ...third.key, account: 'acct_1' }
      const keys = [third.key, live, other, second.key]
      const batch = await store.claimNext({ ...at(0), ...anything, keys })
      expectEqual(
        'the events',
        [...idsOf(batch)].sort(),
        [second, third].map(idOf).sort(),
      )
      const none = await store.claimNext({ ...at(0), ...anything, keys: [] })
      expectEqual('the events of no keys', none, { events: [], nextDueAt: undefined })
    },
  },
  {
    id: 'store.claim-next.keys-by-scope',
    title:
      'Who asks for events of an account or of a mode gets none of another with that id',
    async run({ store }) {
      const [event] = await recorded(store, 1)
      if (event === undefined) return
      const keys = [{ ...event.key, account: 'acct_1' }]
      const batch = await store.claimNext({ ...at(0), ...anything, keys })
      expectEqual('the events of the other account', batch.events, [])
      const mine = await store.claimNext({ ...at(0), ...anything, keys: [event.key] })
      expectEqual('the events of its own', idsOf(mine), [idOf(event)])
    },
  },
  {
    id: 'store.claim-next.keys-of-failed',
    title:
      'Who asks for a certain event that failed gets it before its retry is due, unless it is leased',
    async run({ store }) {
      const event = delivery()
      const keys = [event.key]
      const retryAt = at(86_400_000).now
      const end = { state: 'failed', error: 'boom', retryAt } as const
      await store.release(await claim(store, event), end, at(0))
      const first = await store.claimNext({ ...at(0), ...anything, keys })
      expectEqual('the events', idsOf(first), [idOf(event)])
      await claim(store)
      const second = await store.claimNext({ ...at(1), ...anything, keys })
      const expected = { events: [], nextDueAt: at(LEASE_MS).now }
      expectEqual('the batch while it is leased', second, expected)
    },
  },
  {
    id: 'store.claim-next.lease',
    title: 'What is claimed is in flight until its lease ends, and then due again',
    async run({ store }) {
      const [event] = await recorded(store, 1)
      const first = await store.claimNext({ ...at(0), ...anything })
      if (event === undefined) return
      const inline = await store.claim(event, at(LEASE_MS - 1))
      expectEqual('the answer to a delivery', inline.status, 'in_flight')
      const early = await store.claimNext({ ...at(LEASE_MS - 1), ...anything })
      expectEqual('the events before the end', idsOf(early), [])
      const late = await store.claimNext({ ...at(LEASE_MS), ...anything })
      expectEqual(
        'the attempts at the end',
        late.events.map(({ lease }) => lease.attempt),
        [2],
      )
      const [slow, fast] = [first.events[0]?.lease, late.events[0]?.lease]
      if (slow === undefined || fast === undefined) return
      expectEqual('the commit of the first', await store.commit(slow, DONE), {
        committed: false,
      })
      const { committed } = await store.commit(fast, DONE)
      expectEqual('the commit of the second', committed, true)
    },
  },
  {
    id: 'store.claim-next.clock-jumped-back',
    title: 'A worker takes over what was leased before the clock jumped back',
    async run({ store }) {
      const [event] = await recorded(store, 1)
      await store.claimNext({ ...at(86_400_000), ...anything })
      const batch = await store.claimNext({ ...at(0), ...anything })
      expectEqual('the events after the jump', idsOf(batch), [event && idOf(event)])
    },
  },
  {
    id: 'store.claim-next.clock-ahead',
    title:
      'A worker whose clock is behind by a lease takes neither what is leased nor its object',
    async run({ store }) {
      await claim(store, delivery({ objectId: 'sub_a' }), at(LEASE_MS))
      await store.record(delivery({ objectId: 'sub_a' }), 'received', at(0))
      const batch = await store.claimNext({ ...at(0), ...anything })
      expectEqual('the events', idsOf(batch), [])
    },
  },
  {
    id: 'store.claim-next.next-due',
    title: 'Who gets less than asked for is told when something is due next',
    async run({ store }) {
      const nextDueAt = async (afterMs: number) =>
        (await store.claimNext({ ...at(afterMs), ...anything })).nextDueAt
      expectEqual('the time, when nothing waits', await nextDueAt(0), undefined)
      await claim(store)
      expectEqual('the end of the lease', await nextDueAt(0), at(LEASE_MS).now)
      const failed = await claim(store)
      const retryAt = at(500).now
      await store.release(failed, { state: 'failed', error: 'boom', retryAt }, at(0))
      expectEqual('the time of the retry', await nextDueAt(1), retryAt)
    },
  },
  {
    id: 'store.claim-next.exactly-once',
    title:
      'Many workers, in two processes, get every event once, and no two of one object at a time',
    async run({ store, open }) {
      const stores = [store, await open()]
      const events = Array.from({ length: 36 }, (_, index) =>
        delivery({ objectId: `sub_${Math.floor(index / 6)}` }),
      )
      await Promise.all(events.map((event) => store.record(event, 'received', at(0))))
      const seen: string[] = []
      const busy = new Set<string>()
      const collisions: string[] = []
      const work = async (worker: Instance) => {
        for (let round = 0; seen.length < events.length && round < 200; round += 1) {
          const batch = await worker.claimNext({ ...at(0), livemode: false, limit: 3 })
          for (const { delivery: one } of batch.events) {
            if (busy.has(one.objectId)) collisions.push(one.objectId)
            busy.add(one.objectId)
          }
          for (const { delivery: one, lease } of batch.events) {
            seen.push(idOf(one))
            busy.delete(one.objectId)
            await worker.commit(lease, DONE)
          }
          // Nothing is read meanwhile, so that others have their turn.
          await new Promise((resolve) => setImmediate(resolve))
        }
      }
      await Promise.all(
        Array.from({ length: 6 }, (_, index) => work(stores[index % 2] ?? store)),
      )
      expectEqual('the objects with two events at once', collisions, [])
      expectEqual('the events', seen.sort(), events.map(idOf).sort())
    },
  },
]
