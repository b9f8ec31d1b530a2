import type { Delivery } from '@countersign/core'
import { runUntilKilled } from '../crash/run-until-killed.ts'
import { crashEvent, loadEvents } from '../crash/scenarios.ts'
import { expectEqual, expectTrue } from '../expect.ts'
import type { StoreStatement } from '../statement.ts'
import { at, claim, DONE, type Instance, LEASE_MS } from '../store-context.ts'
import type { RawState } from '../subject.ts'

const TRIES = 40

/** Where the marks of the events, their effects and the rows of their callbacks disagree. */
function disagreements({ events, effects, rows }: RawState): readonly string[] {
  const done = new Set(
    events.filter(({ state }) => state === 'processed').map(({ eventId }) => eventId),
  )
  const keys = new Set(effects.map(({ key }) => key))
  return [
    ...[...done].filter((id) => !keys.has(id)).map((id) => `${id} has no effect`),
    ...[...keys].filter((id) => !done.has(id)).map((id) => `${id} is not done`),
    ...rows.filter((id) => !keys.has(id)).map((id) => `${id} has a row alone`),
    ...events
      .filter(({ body }) => body === null)
      .map(({ eventId }) => `${eventId} is empty`),
  ]
}

/** Does what is left to be done of an event, as often as it takes. */
async function finish(store: Instance, event: Delivery): Promise<void> {
  const { eventId } = event.key
  const answer = await store.claim(event, at(LEASE_MS))
  if (answer.status !== 'claimed') return
  await store.commit(answer.lease, DONE, { effects: [eventId], rows: [eventId] })
}

export const crashes: readonly StoreStatement[] = [
  {
    id: 'store.crash.in-transaction',
    title:
      'A process that is killed in the middle of a transaction has written nothing in it, and holds nobody up',
    needs: ['reader', 'processes'],
    async run(t) {
      await runUntilKilled(t, 'in-transaction')
      const { events, effects, messages, rows } = await t.read()
      const states = events.map(({ state }) => state)
      expectEqual(
        'what stands there',
        { states, effects, messages, rows },
        {
          states: ['received'],
          effects: [],
          messages: [],
          rows: [],
        },
      )
      const lease = await claim(t.store, crashEvent('inside'), at(LEASE_MS))
      const result = await t.store.commit(lease, DONE, { effects: ['inside'] })
      const isNew = result.committed && result.value?.effects
      expectEqual('the effect of the next attempt', isNew, [true])
    },
  },
  {
    id: 'store.crash.acknowledged',
    title:
      'Of a process that is killed at work, everything that it acknowledged is there, and nothing by halves',
    needs: ['reader', 'processes'],
    async run(t) {
      for (const scenario of ['at-first', 'at-last'] as const) {
        const acknowledged = await runUntilKilled(t, scenario)
        const state = await t.read()
        const kept = new Map(state.events.map((event) => [event.eventId, event.state]))
        const lost = acknowledged.filter(({ eventId, state: promised }) => {
          const found = kept.get(eventId)
          return found !== promised && found !== 'processed'
        })
        expectTrue('some acknowledgements', acknowledged.length > 0, acknowledged)
        expectEqual('acknowledged events that are lost', lost, [])
        expectEqual('events by halves', disagreements(state), [])
      }
      const events = [...loadEvents('at-first'), ...loadEvents('at-last')]
      await Promise.all(events.map((event) => finish(t.store, event)))
      const after = await t.read()
      expectEqual('events by halves afterwards', disagreements(after), [])
      expectEqual('the number of effects', after.effects.length, events.length)
    },
  },
  {
    id: 'store.crash.connections-cut',
    title:
      'When all connections are cut in the middle of transactions, nothing is committed by halves, and the store works again',
    needs: ['reader', 'connections'],
    async run({ store, read, cutConnections }) {
      const events = loadEvents('cut').slice(0, 8)
      const leases = await Promise.all(events.map((event) => claim(store, event)))
      const results = await Promise.allSettled(
        leases.map((lease, index) => {
          const { eventId } = lease.key
          const last = async () => {
            if (index === 2) await cutConnections()
          }
          return store.commit(lease, DONE, { effects: [eventId], rows: [eventId], last })
        }),
      )
      const state = await read()
      expectEqual('events by halves', disagreements(state), [])
      const done = state.effects.map(({ key }) => key)
      const promised = leases.filter((_, index) => results[index]?.status === 'fulfilled')
      const lost = promised.filter(({ key }) => !done.includes(key.eventId))
      expectEqual('acknowledged events that are lost', lost, [])
      expectEqual('the commit that lost its connection', results[2]?.status, 'rejected')

      // A pool finds out with the next query that a connection is dead.
      for (let tries = 0; tries < TRIES; tries += 1) {
        await Promise.allSettled(events.map((event) => finish(store, event)))
        if ((await read()).effects.length === events.length) break
      }
      const after = await read()
      expectEqual('events by halves afterwards', disagreements(after), [])
      expectEqual('the number of effects', after.effects.length, events.length)
    },
  },
]
