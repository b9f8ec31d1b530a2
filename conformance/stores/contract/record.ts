import { expectEqual } from '../expect.ts'
import type { StoreStatement } from '../statement.ts'
import {
  at,
  claim,
  DONE,
  delivery,
  type Instance,
  processed,
  recordOf,
} from '../store-context.ts'

const CALLERS = 24

async function due(store: Instance, afterMs = 0): Promise<readonly string[]> {
  const { events } = await store.claimNext({ ...at(afterMs), livemode: false, limit: 99 })
  return events.map((event) => event.delivery.key.eventId)
}

export const records: readonly StoreStatement[] = [
  {
    id: 'store.record.stored',
    title: 'A new event waits for a worker, who gets it as it came',
    async run({ store }) {
      const event = delivery({
        key: { account: 'acct_1' },
        endpoint: 'we_1',
        body: Uint8Array.from({ length: 256 }, (_, byte) => byte),
      })
      expectEqual('the answer', await store.record(event, 'received', at(0)), 'stored')
      const { events } = await store.claimNext({ ...at(0), livemode: false, limit: 9 })
      const got = events.map((one) => ({ ...one.delivery, body: [...one.delivery.body] }))
      expectEqual('what the worker gets', got, [{ ...event, body: [...event.body] }])
    },
  },
  {
    id: 'store.record.once',
    title: 'An event that is recorded many times at once, in two processes, waits once',
    async run({ store, open }) {
      const stores = [store, await open()]
      const event = delivery()
      const answers = await Promise.all(
        Array.from({ length: CALLERS }, (_, caller) =>
          stores[caller % 2]?.record(event, 'received', at(0)),
        ),
      )
      expectEqual('the answers', answers.sort(), [
        'stored',
        ...Array<'unfinished'>(CALLERS - 1).fill('unfinished'),
      ])
      expectEqual('the events that are due', await due(store), [event.key.eventId])
    },
  },
  {
    id: 'store.record.idle',
    title: 'An event that is recorded as ignored or unmatched waits for nobody',
    async run({ store }) {
      const answers = [
        await store.record(delivery(), 'ignored', at(0)),
        await store.record(delivery(), 'unmatched', at(0)),
      ]
      expectEqual('the answers', answers, ['idle', 'idle'])
      expectEqual('the events that are due', await due(store), [])
    },
  },
  {
    id: 'store.record.wakes-idle',
    title: 'An idle event waits for a worker once it is recorded as received',
    async run({ store }) {
      const [ignored, unmatched] = [delivery(), delivery()]
      await store.record(ignored, 'ignored', at(0))
      await store.record(unmatched, 'unmatched', at(0))
      const answers = [
        await store.record(ignored, 'received', at(1)),
        await store.record(unmatched, 'received', at(1)),
      ]
      expectEqual('the answers', answers, ['stored', 'stored'])
      const expected = [ignored.key.eventId, unmatched.key.eventId]
      expectEqual('the events that are due', await due(store), expected)
    },
  },
  {
    id: 'store.record.wakes-dead',
    title: 'A dead event waits for a worker again, with its attempts counted anew',
    async run({ store }) {
      const event = delivery()
      const end = { state: 'dead', error: 'boom' } as const
      await store.release(await claim(store, event), end, at(0))
      expectEqual('the answer', await store.record(event, 'received', at(1)), 'stored')
      const { events } = await store.claimNext({ ...at(1), livemode: false, limit: 9 })
      const attempts = events.map(({ lease }) => lease.attempt)
      expectEqual('the attempts that are due', attempts, [1])
    },
  },
  {
    id: 'store.record.idle-only-new',
    title: 'To record an event as ignored changes nothing about one that is known',
    async run({ store }) {
      const [waiting, dead, done] = [delivery(), delivery(), delivery()]
      await store.record(waiting, 'received', at(0))
      const end = { state: 'dead', error: 'boom' } as const
      await store.release(await claim(store, dead), end, at(0))
      await processed(store, done)
      const answers = []
      for (const event of [waiting, dead, done]) {
        answers.push(await store.record(event, 'ignored', at(1)))
      }
      expectEqual('the answers', answers, ['unfinished', 'idle', 'processed'])
      const states = []
      for (const { key } of [waiting, dead, done]) {
        states.push((await recordOf(store, key)).state)
      }
      expectEqual('the states', states, ['received', 'dead', 'processed'])
    },
  },
  {
    id: 'store.record.leased',
    title: 'To record an event that somebody works on takes it from nobody',
    async run({ store }) {
      const event = delivery()
      const lease = await claim(store, event)
      const answer = await store.record(event, 'received', at(0))
      expectEqual('the answer', answer, 'unfinished')
      expectEqual('the events that are due', await due(store), [])
      expectEqual('the commit', (await store.commit(lease, DONE)).committed, true)
    },
  },
  {
    id: 'store.record.failed',
    title: 'To record a failed event leaves its retry as it is',
    async run({ store }) {
      const event = delivery()
      const end = { state: 'failed', error: 'boom', retryAt: at(500).now } as const
      await store.release(await claim(store, event), end, at(0))
      const answer = await store.record(event, 'received', at(1))
      expectEqual('the answer', answer, 'unfinished')
      expectEqual('the events that are due before the retry', await due(store, 499), [])
      expectEqual('the events due', await due(store, 500), [event.key.eventId])
    },
  },
  {
    id: 'store.record.finished',
    title: 'To record an event that is processed or skipped changes nothing',
    async run({ store }) {
      const [done, skipped] = [delivery(), delivery()]
      await processed(store, done)
      await store.record(skipped, 'received', at(0))
      await store.recovery.skip(skipped.key, { now: at(0).now, reason: 'no' })
      const answers = [
        await store.record(done, 'received', at(1)),
        await store.record(skipped, 'received', at(1)),
      ]
      expectEqual('the answers', answers, ['processed', 'processed'])
      expectEqual('the events that are due', await due(store), [])
    },
  },
]
