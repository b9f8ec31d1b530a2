import { expectEqual, expectTrue } from '../expect.ts'
import type { StoreStatement } from '../statement.ts'
import { at, claim, DONE, delivery, LEASE_MS, processed } from '../store-context.ts'

const CALLERS = 24

export const claims: readonly StoreStatement[] = [
  {
    id: 'store.claim.new',
    title: 'A new event is leased to whoever claims it, as its first attempt',
    async run({ store }) {
      const event = delivery()
      const { key, attempt, finishedHandlers } = await claim(store, event)
      const expected = { key: event.key, attempt: 1, finishedHandlers: [] }
      expectEqual('the lease', { key, attempt, finishedHandlers }, expected)
    },
  },
  {
    id: 'store.claim.exactly-one',
    title: 'Of many who claim an event at once, in two processes, exactly one gets it',
    async run({ store, open }) {
      const stores = [store, await open()]
      const event = delivery()
      const claims = await Promise.all(
        Array.from({ length: CALLERS }, (_, caller) =>
          stores[caller % 2]?.claim(event, at(0)),
        ),
      )
      expectEqual('the answers', claims.map((answer) => answer?.status).sort(), [
        'claimed',
        ...Array<'in_flight'>(CALLERS - 1).fill('in_flight'),
      ])
    },
  },
  {
    id: 'store.claim.whatever-way',
    title: 'An event that is claimed, recorded and inserted as done at once goes one way',
    async run({ store, open }) {
      const stores = [store, await open()]
      const event = delivery()
      const answers = await Promise.all(
        Array.from({ length: CALLERS }, async (_, caller) => {
          const one = stores[caller % 2] ?? store
          if (caller % 3 === 0) return one.record(event, 'received', at(0))
          if (caller % 3 === 1) return (await one.claim(event, at(0))).status
          return (await one.claimAndCommit(event, DONE, at(0))).status
        }),
      )
      const taken = answers.filter((answer) => /claimed|committed/.test(answer))
      expectEqual('the number of those who took it', taken.length, 1)
      const stored = answers.filter((answer) => answer === 'stored')
      expectTrue('at most one who stored it', stored.length <= 1, stored)
    },
  },
  {
    id: 'store.claim.in-flight',
    title: 'A leased event is in flight until its lease ends, and not a moment longer',
    async run({ store }) {
      const event = delivery()
      const first = await claim(store, event)
      const early = await store.claim(event, at(LEASE_MS - 1))
      expectEqual('the answer before the end of the lease', early.status, 'in_flight')
      const late = await store.claim(event, at(LEASE_MS))
      expectEqual('the answer at the end of the lease', late.status, 'claimed')
      if (late.status !== 'claimed') return
      expectEqual('the attempt', late.lease.attempt, 2)
      expectEqual('a token that has grown', late.lease.token > first.token, true)
    },
  },
  {
    id: 'store.claim.clock-jumped-back',
    title: 'A lease that was made before the clock jumped back locks nothing',
    async run({ store }) {
      const event = delivery()
      await claim(store, event, at(86_400_000))
      const { status } = await store.claim(event, at(0))
      expectEqual('the answer after the jump', status, 'claimed')
    },
  },
  {
    id: 'store.claim.clock-ahead',
    title: 'A lease holds on a machine whose clock is behind by as long as a lease lasts',
    async run({ store }) {
      const event = delivery()
      await claim(store, event, at(LEASE_MS))
      const { status } = await store.claim(event, at(0))
      expectEqual('the answer on the other machine', status, 'in_flight')
    },
  },
  {
    id: 'store.claim.processed',
    title: 'A processed event is a duplicate from then on',
    async run({ store }) {
      const event = delivery()
      await processed(store, event)
      const answers = [
        await store.claim(event, at(0)),
        await store.claim(event, at(LEASE_MS)),
      ]
      expectEqual('the answers', answers, [
        { status: 'processed' },
        { status: 'processed' },
      ])
    },
  },
  {
    id: 'store.claim.skipped',
    title: 'A skipped event is a duplicate',
    async run({ store }) {
      const event = delivery()
      await store.record(event, 'received', at(0))
      await store.recovery.skip(event.key, { now: at(0).now, reason: 'no' })
      expectEqual('the answer', await store.claim(event, at(0)), { status: 'processed' })
    },
  },
  {
    id: 'store.claim.failed',
    title: 'A new delivery takes a failed event at once, before its retry is due',
    async run({ store }) {
      const event = delivery()
      const retryAt = at(86_400_000).now
      const end = { state: 'failed', error: 'boom', retryAt } as const
      await store.release(await claim(store, event), end, at(0))
      expectEqual('the attempt', (await claim(store, event)).attempt, 2)
    },
  },
  {
    id: 'store.claim.dead',
    title: 'A new delivery takes a dead event once more',
    async run({ store }) {
      const event = delivery()
      const end = { state: 'dead', error: 'boom' } as const
      await store.release(await claim(store, event), end, at(0))
      expectEqual('the attempt', (await claim(store, event)).attempt, 2)
    },
  },
  {
    id: 'store.claim.idle',
    title: 'An event that nothing acted on can be claimed by somebody who does',
    async run({ store }) {
      const [ignored, unmatched, found] = [delivery(), delivery(), delivery()]
      await store.record(ignored, 'ignored', at(0))
      await store.record(unmatched, 'unmatched', at(0))
      await store.commit(await claim(store, found), { ...DONE, state: 'unmatched' })
      for (const event of [ignored, unmatched, found]) await claim(store, event)
    },
  },
  {
    id: 'store.claim.finished-handlers',
    title: 'The next attempt is told which handlers have finished',
    async run({ store }) {
      const event = delivery()
      const lease = await claim(store, event)
      await store.commit(lease, { now: DONE.now, handler: 'grants' })
      await store.commit(lease, { now: DONE.now, handler: 'é "a", \\' })
      await claim(store, event, at(LEASE_MS)).then(({ finishedHandlers }) =>
        expectEqual('the finished handlers', finishedHandlers, ['grants', 'é "a", \\']),
      )
    },
  },
  {
    id: 'store.claim.by-mode',
    title: 'Events of the test mode and of the live mode are not the same',
    async run({ store }) {
      const event = delivery()
      await processed(store, event)
      const live = delivery({ key: { ...event.key, livemode: true } })
      const { status } = await store.claim(live, at(0))
      expectEqual('the answer in the other mode', status, 'claimed')
    },
  },
  {
    id: 'store.claim.by-account',
    title: 'Events of two accounts are not the same',
    async run({ store }) {
      const event = delivery({ key: { account: 'acct_1' } })
      await processed(store, event)
      for (const account of ['', 'acct_2', 'ACCT_1']) {
        const other = delivery({ key: { ...event.key, account } })
        const { status } = await store.claim(other, at(0))
        expectEqual('the answer for the other account', status, 'claimed')
      }
    },
  },
  {
    id: 'store.claim.by-exact-id',
    title: 'Events whose ids differ in case, or by a space at the end, are not the same',
    async run({ store }) {
      await processed(store, delivery({ key: { eventId: 'evt_a' } }))
      for (const eventId of ['evt_A', 'evt_a ', 'evt_á']) {
        const { status } = await store.claim(delivery({ key: { eventId } }), at(0))
        expectEqual('the answer for the other id', status, 'claimed')
      }
    },
  },
  {
    id: 'store.claim.any-endpoint',
    title: 'An event that two endpoints deliver is one event',
    async run({ store }) {
      const event = delivery({ endpoint: 'we_old' })
      await processed(store, event)
      const { status } = await store.claim({ ...event, endpoint: 'we_new' }, at(0))
      expectEqual('the answer at the other endpoint', status, 'processed')
    },
  },
]
