import type { Delivery } from '@countersign/core'
import { expectEqual, expectTrue } from '../expect.ts'
import { customer, fetched } from '../mirror-writes.ts'
import type { StoreStatement } from '../statement.ts'
import {
  at,
  claim,
  DONE,
  delivery,
  type Instance,
  LEASE_MS,
  message,
  recordOf,
} from '../store-context.ts'
import type { RawState } from '../subject.ts'

const UNICODE = 'é e\u0301 日本 𝄞 \u{1f600} \u200f "\'\\ %_ \n'

function hex(body: Uint8Array | null | undefined): string {
  return body === null || body === undefined
    ? `${body}`
    : Buffer.from(body).toString('hex')
}

/** The event as it stands in the database. */
function rawOf({ events }: RawState, { key }: Delivery) {
  return events.filter(
    ({ eventId, livemode, account }) =>
      eventId === key.eventId && livemode === key.livemode && account === key.account,
  )
}

/** Writes with every method, and tells what has to stand in the database when it has been acknowledged. */
async function acknowledged(
  store: Instance,
  read: () => Promise<RawState>,
  name: string,
): Promise<readonly string[]> {
  const problems: string[] = []
  const [claimed, recorded, inserted] = [delivery(), delivery(), delivery()]
  const check = async (what: string, isThere: (state: RawState) => boolean) => {
    if (!isThere(await read())) problems.push(what)
  }
  const stateOf = (state: RawState, event: Delivery) => rawOf(state, event)[0]?.state
  const lease = await claim(store, claimed)
  await check('claim', (state) => stateOf(state, claimed) === 'received')
  await store.record(recorded, 'received', at(0))
  await check('record', (state) => stateOf(state, recorded) === 'received')
  await store.claimAndCommit(inserted, DONE, at(0))
  await check('claimAndCommit', (state) => stateOf(state, inserted) === 'processed')
  await store.commit(lease, DONE, { effects: [name], rows: [name] })
  await check('commit', (state) => state.rows.includes(name))
  const second = await claim(store, recorded)
  await store.release(second, { state: 'dead', error: 'boom' }, at(0))
  await check('release', (state) => stateOf(state, recorded) === 'dead')
  await store.recovery.requeue([recorded.key], { now: at(1).now, again: false })
  await check('requeue', (state) => stateOf(state, recorded) === 'received')
  await store.recovery.skip(recorded.key, { now: at(1).now, reason: 'no' })
  await check('skip', (state) => stateOf(state, recorded) === 'skipped')
  return problems
}

export const durabilities: readonly StoreStatement[] = [
  {
    id: 'store.durable.acknowledged',
    title: 'When a call resolves, what it wrote stands in the database',
    needs: ['reader'],
    async run({ store, read }) {
      const problems = await Promise.all(
        ['a', 'b', 'c', 'd'].map((name) => acknowledged(store, read, name)),
      )
      expectEqual('calls that resolved too early', [...new Set(problems.flat())], [])
    },
  },
  {
    id: 'store.durable.body',
    title: 'The bytes of a body are kept exactly, whatever they are, up to 1 MiB',
    needs: ['reader'],
    async run({ store, read }) {
      const bodies = [
        Uint8Array.from({ length: 256 }, (_, byte) => byte),
        Uint8Array.from([]),
        new TextEncoder().encode(`\r\n {"a":"${UNICODE}"}\u0000 \r\n`),
        Uint8Array.from({ length: 1_048_576 }, (_, index) => (index * 31) % 256),
        // A view into something longer, as buffers of a socket are.
        new Uint8Array(64).fill(65).subarray(3, 9),
      ]
      for (const body of bodies) {
        const [one, other, third] = [
          delivery({ body }),
          delivery({ body }),
          delivery({ body }),
        ]
        await store.record(one, 'received', at(0))
        await claim(store, other)
        await store.claimAndCommit(third, DONE, at(0))
        const state = await read()
        for (const event of [one, other, third]) {
          const kept = rawOf(state, event)[0]?.body
          const isKept = hex(kept) === hex(body)
          expectTrue(`a body of ${body.length} bytes as it came`, isKept, kept?.length)
        }
      }
    },
  },
  {
    id: 'store.durable.at-once',
    title:
      'Of many events that come at once, each keeps its own body, endpoint, effects and messages',
    needs: ['reader'],
    async run({ store, read }) {
      const events = Array.from({ length: 24 }, (_, index) =>
        delivery({
          key: { livemode: index % 4 === 1, account: index % 3 === 1 ? 'acct_1' : '' },
          endpoint: `we_${index}`,
          body: new TextEncoder().encode(`é${index}`.repeat(index)),
        }),
      )
      const scopeOf = ({ key }: Delivery) =>
        `${key.livemode} ${key.account} ${key.eventId}`
      await Promise.all(
        events.map(async (event, index) => {
          const sent = message({ key: `message ${event.key.eventId}` })
          const declared = [{ effect: `effect ${event.key.eventId}`, send: [sent] }]
          if (index % 3 === 0) await store.record(event, 'received', at(0))
          else if (index % 3 === 1) await claim(store, event)
          else await store.claimAndCommit(event, { ...DONE, declared }, at(0))
        }),
      )
      const state = await read()
      const kept = events.map((event) => {
        const [found] = rawOf(state, event)
        return `${found?.endpoint} ${hex(found?.body)}`
      })
      const sent = events.map(({ endpoint, body }) => `${endpoint} ${hex(body)}`)
      expectEqual('the endpoints and bodies', kept, sent)
      const done = events.filter((_, index) => index % 3 === 2)
      const written = ({ livemode, account, key }: RawState['effects'][number]) =>
        `${livemode} ${account} ${key.replace(/^\w+ /, '')}`
      const scopes = done.map(scopeOf).sort()
      expectEqual('the effects', state.effects.map(written).sort(), scopes)
      expectEqual('the messages', state.messages.map(written).sort(), scopes)
    },
  },
  {
    id: 'store.durable.ignored-body',
    title: 'The body of an event that nothing acts on is kept as well',
    needs: ['reader'],
    async run({ store, read }) {
      const event = delivery()
      await store.record(event, 'ignored', at(0))
      const [kept] = rawOf(await read(), event)
      expectEqual('the body', hex(kept?.body), hex(event.body))
    },
  },
  {
    id: 'store.durable.unicode',
    title: 'Every text is kept as it is',
    needs: ['reader'],
    async run({ store, read }) {
      const event = delivery({
        key: { eventId: UNICODE, account: `acct ${UNICODE}` },
        type: UNICODE,
        objectId: UNICODE,
        endpoint: UNICODE,
      })
      const sent = message({
        topic: UNICODE,
        key: UNICODE,
        payload: { [UNICODE]: UNICODE },
      })
      const lease = await claim(store, event)
      const { type, objectId, endpoint } = await recordOf(store, event.key)
      const texts = { type, objectId, endpoint }
      const expected = { type: UNICODE, objectId: UNICODE, endpoint: UNICODE }
      expectEqual('the texts of the event', texts, expected)
      await store.commit(lease, DONE, { effects: [UNICODE], messages: [sent] })
      const state = await read()
      expectEqual('the number of events', rawOf(state, event).length, 1)
      const keys = state.effects.map(({ key }) => key)
      expectEqual('the effects', keys, [UNICODE])
      const messages = state.messages.map(({ topic, key, payload }) => ({
        topic,
        key,
        payload,
      }))
      expectEqual('the messages', messages, [sent])
    },
  },
  {
    id: 'store.durable.side-by-side',
    title:
      'One id in two modes and two accounts stands there three times, and from two endpoints once',
    needs: ['reader'],
    async run({ store, read }) {
      const eventId = 'evt_same'
      const event = delivery({ key: { eventId }, endpoint: 'we_old' })
      for (const key of [{}, { livemode: true }, { account: 'acct_1' }]) {
        const one = { ...event, key: { ...event.key, ...key } }
        await store.record(one, 'received', at(0))
        await store.record({ ...one, endpoint: 'we_new' }, 'received', at(0))
      }
      const got = (await read()).events.map(
        ({ livemode, account, endpoint }) => `${livemode} ${account} ${endpoint}`,
      )
      const expected = ['false  we_old', 'false acct_1 we_old', 'true  we_old']
      expectEqual('the events', got.sort(), expected)
    },
  },
  {
    id: 'store.durable.pruned',
    title: 'What was pruned is gone from the database',
    needs: ['reader'],
    async run({ store, read }) {
      const [body, whole] = [delivery(), delivery()]
      await store.claimAndCommit(body, { ...DONE, now: at(2).now }, at(2))
      await store.claimAndCommit(whole, { ...DONE, now: at(1).now }, at(1))
      await store.recovery.prune({ eventsBefore: at(2).now, limit: 9 })
      await store.recovery.prune({ bodiesBefore: at(3).now, limit: 9 })
      const state = await read()
      const left = [rawOf(state, body).length, rawOf(state, whole).length, state.bodies]
      expectEqual('the numbers of events and bodies', left, [1, 0, 0])
    },
  },
  {
    id: 'store.durable.reopened',
    title: 'A store that is closed and opened again has forgotten nothing',
    needs: ['durable'],
    async run({ store, reopen }) {
      const [waiting, done, leased] = [delivery(), delivery(), delivery()]
      await store.record(waiting, 'received', at(0))
      const mirror = fetched(1, customer('cus_1'))
      const sent = message()
      const plan = { effects: ['paid in_1'], messages: [sent] }
      await store.commit(await claim(store, done), { ...DONE, mirror }, plan)
      const lease = await claim(store, leased)
      await store.recovery.writeCheckpoint('events', 'evt_9')
      const ticket = await store.mirror.takeTicket()

      const again = await reopen()
      const answers = [
        await again.record(waiting, 'received', at(1)),
        (await again.claim(done, at(1))).status,
        (await again.claim(leased, at(1))).status,
        (await again.claim(leased, at(LEASE_MS))).status,
      ]
      const expected = ['unfinished', 'processed', 'in_flight', 'claimed']
      expectEqual('the answers', answers, expected)
      const late = await again.commit(lease, DONE)
      expectEqual('the commit of a lease that was taken over', late, { committed: false })
      const next = await again.commit(await claim(again), DONE, plan)
      const value = next.committed && next.value
      expectEqual('what is new', value, { effects: [false], messages: [false] })
      const scope = { livemode: false, account: '' }
      const row = await again.mirror.find(scope, 'customer', 'cus_1')
      expectEqual('the row', row?.data.id, 'cus_1')
      const text = await again.recovery.readCheckpoint('events')
      expectEqual('the checkpoint', text, 'evt_9')
      const later = await again.mirror.takeTicket()
      expectTrue(`a ticket after ${ticket}`, later > ticket, later)
    },
  },
]
