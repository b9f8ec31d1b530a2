import type { CommitMark, Release } from '@countersign/core'
import { expectBillingError, expectEqual, expectRejection } from '../expect.ts'
import type { StoreStatement } from '../statement.ts'
import {
  at,
  claim,
  DONE,
  delivery,
  type Instance,
  LEASE_MS,
  recordOf,
} from '../store-context.ts'

/** Whether an effect is new to whoever comes next. */
async function isNewEffect(store: Instance, effect: string): Promise<boolean> {
  const result = await store.commit(await claim(store), DONE, { effects: [effect] })
  return result.committed && result.value?.effects[0] === true
}

const ends: readonly Release[] = [
  { state: 'failed', error: 'boom', retryAt: 0 },
  { state: 'dead', error: 'boom' },
  { state: 'received' },
]

export const commits: readonly StoreStatement[] = [
  {
    id: 'store.commit.done',
    title: 'With the mark of the last handler the event is processed',
    async run({ store }) {
      const event = delivery()
      const result = await store.commit(await claim(store, event), DONE)
      expectEqual('the answer', result.committed, true)
      const { state, finishedAt } = await recordOf(store, event.key)
      const expected = { state: 'processed', finishedAt: DONE.now }
      expectEqual('the event', { state, finishedAt }, expected)
    },
  },
  {
    id: 'store.commit.unmatched',
    title: 'An event can end as unmatched, with a reason, or as ignored',
    async run({ store }) {
      const ended = async (mark: CommitMark) => {
        const event = delivery()
        await store.commit(await claim(store, event), mark)
        const { state, reason } = await recordOf(store, event.key)
        return { state, reason }
      }
      const unmatched = { state: 'unmatched', reason: 'no such user' } as const
      const got = [
        await ended({ ...DONE, ...unmatched }),
        await ended({ ...DONE, state: 'ignored' }),
      ]
      expectEqual('the events', got, [unmatched, { state: 'ignored', reason: undefined }])
    },
  },
  {
    id: 'store.commit.unmatched-handlers',
    title:
      'An unmatched event keeps the handlers that have finished, and one that was processed forgets them',
    async run({ store }) {
      const finishedAfter = async (
        state: 'unmatched' | 'processed',
        handler?: string,
      ) => {
        const event = delivery()
        const lease = await claim(store, event)
        await store.commit(lease, { now: DONE.now, handler: 'first' })
        await store.commit(lease, { now: DONE.now, handler, state })
        const again = { now: DONE.now, again: false }
        if (state === 'processed') await store.recovery.requeue([event.key], again)
        return (await claim(store, event)).finishedHandlers
      }
      const got = [
        await finishedAfter('unmatched', 'last'),
        await finishedAfter('unmatched'),
        await finishedAfter('processed', 'last'),
      ]
      expectEqual('the finished handlers', got, [['first', 'last'], ['first'], []])
    },
  },
  {
    id: 'store.commit.value',
    title: 'The value that the callback returned comes back',
    async run({ store }) {
      const result = await store.commit(await claim(store), DONE, { effects: ['a'] })
      const expected = { committed: true, value: { effects: [true], messages: [] } }
      expectEqual('the answer', result, expected)
    },
  },
  {
    id: 'store.commit.fencing',
    title: 'Who has lost the lease to another commits nothing',
    async run({ store }) {
      const event = delivery()
      const slow = await claim(store, event, at(0))
      const fast = await claim(store, event, at(LEASE_MS))
      const late = await store.commit(slow, DONE, { effects: ['late'] })
      expectEqual('the commit of the one who lost it', late, { committed: false })
      const { state } = await recordOf(store, event.key)
      expectEqual('the state of the event', state, 'received')
      const mine = await store.commit(fast, DONE, { effects: ['late'] })
      const isNew = mine.committed && mine.value?.effects
      expectEqual('the effect of the one who has it', isNew, [true])
    },
  },
  {
    id: 'store.commit.expired',
    title: 'A lease that has ended, and that nobody took over, can still commit',
    async run({ store }) {
      const lease = await claim(store, delivery(), at(-2 * LEASE_MS))
      const { committed } = await store.commit(lease, DONE)
      expectEqual('the commit', committed, true)
    },
  },
  {
    id: 'store.commit.released',
    title: 'Who has given the event back commits nothing',
    async run({ store }) {
      for (const end of ends) {
        const event = delivery()
        const lease = await claim(store, event)
        await store.release(lease, end, at(0))
        const late = await store.commit(lease, DONE, { effects: [end.state] })
        expectEqual(`the commit after ${end.state}`, late, { committed: false })
        const { state } = await recordOf(store, event.key)
        expectEqual('the state of the event', state, end.state)
        expectEqual('a new effect', await isNewEffect(store, end.state), true)
      }
    },
  },
  {
    id: 'store.commit.twice',
    title: 'An event that is done cannot be committed again',
    async run({ store }) {
      const lease = await claim(store)
      await store.commit(lease, DONE)
      const again = await store.commit(lease, DONE, { effects: ['again'] })
      expectEqual('the second commit', again, { committed: false })
      expectEqual('a new effect', await isNewEffect(store, 'again'), true)
    },
  },
  {
    id: 'store.commit.at-once',
    title: 'Of two who end one lease at once, one does',
    async run({ store }) {
      const lease = await claim(store)
      const both = await Promise.all([
        store.commit(lease, DONE, { effects: ['a'] }),
        store.commit(lease, DONE, { effects: ['b'] }),
      ])
      const committed = both.map((result) => result.committed)
      expectEqual('what was committed', committed.sort(), [false, true])
      const event = delivery()
      const other = await claim(store, event)
      const [result] = await Promise.all([
        store.commit(other, DONE),
        store.release(other, { state: 'dead', error: 'boom' }, at(0)),
      ])
      const { state } = await recordOf(store, event.key)
      expectEqual('the state', state, result.committed ? 'processed' : 'dead')
    },
  },
  {
    id: 'store.commit.throws',
    title: 'A callback that throws commits nothing, and its own value comes back',
    async run({ store }) {
      const event = delivery()
      const lease = await claim(store, event)
      const error = new TypeError('boom')
      for (const reason of [error, 'a text', undefined, null, 0]) {
        const failing = store.commit(lease, DONE, {
          effects: ['thrown'],
          last: () => {
            throw reason
          },
        })
        await expectRejection('what was thrown', failing, (got) => Object.is(got, reason))
      }
      const { state } = await recordOf(store, event.key)
      expectEqual('the state of the event', state, 'received')
      const then = await store.commit(lease, DONE, { effects: ['thrown'] })
      const effects = then.committed && then.value?.effects
      expectEqual('the effect of the next try', effects, [true])
    },
  },
  {
    id: 'store.commit.promise',
    title: 'A callback that returns a promise where none is awaited commits nothing',
    transactions: 'sync',
    async run({ store }) {
      const event = delivery()
      const lease = await claim(store, event)
      const works = [
        async () => {},
        async () => {
          throw new Error('nobody waits for it')
        },
      ]
      for (const work of works) {
        const refused = store.commitRaw(lease, DONE, work)
        await expectBillingError('the promise', 'transaction_asynchronous', refused)
      }
      const { state } = await recordOf(store, event.key)
      expectEqual('the state of the event', state, 'received')
    },
  },
  {
    id: 'store.commit.neighbours',
    title: 'Of many commits at once, those that throw undo no other',
    async run({ store }) {
      const leases = []
      for (let index = 0; index < 12; index += 1) leases.push(await claim(store))
      const results = await Promise.allSettled(
        leases.map((lease, index) =>
          store.commit(lease, DONE, {
            effects: [`neighbour ${index}`],
            last: () => {
              if (index % 4 === 1) throw new Error('boom')
            },
          }),
        ),
      )
      const states = await Promise.all(
        leases.map(async ({ key }) => (await recordOf(store, key)).state),
      )
      const expected = leases.map((_, index) =>
        index % 4 === 1 ? 'rejected' : 'fulfilled',
      )
      expectEqual(
        'the answers',
        results.map(({ status }) => status),
        expected,
      )
      expectEqual(
        'the states',
        states,
        expected.map((status) => (status === 'fulfilled' ? 'processed' : 'received')),
      )
      expectEqual('a new effect', await isNewEffect(store, 'neighbour 1'), true)
      expectEqual('a known effect', await isNewEffect(store, 'neighbour 2'), false)
    },
  },
  {
    id: 'store.commit.late-recording',
    title: 'What is recorded after the end of a transaction is in none',
    async run({ store }) {
      let late: Promise<unknown> = Promise.resolve()
      let recordLate = () => {}
      await store.commit(await claim(store), DONE, {
        last: ({ effect }) => {
          recordLate = () => {
            late = effect('late').catch(() => {})
          }
        },
      })
      recordLate()
      await late
      expectEqual('a new effect', await isNewEffect(store, 'late'), true)
    },
  },
  {
    id: 'store.commit.late-handle',
    title: 'The handle of a transaction that has ended says so',
    needs: ['reader'],
    async run({ store, read }) {
      let insertLate: () => Promise<unknown> = async () => {}
      await store.commit(await claim(store), DONE, {
        last: ({ insertRow }) => {
          insertLate = () => insertRow('late')
        },
      })
      await expectBillingError('the handle', 'transaction_closed', insertLate())
      expectEqual('the rows', (await read()).rows, [])
    },
  },
]
