import type { EventQuery, EventRecord } from '@countersign/core'
import { expectEqual } from '../expect.ts'
import type { StoreStatement } from '../statement.ts'
import {
  at,
  claim,
  delivery,
  type Instance,
  processed,
  recordOf,
} from '../store-context.ts'

/** Walks all pages, and gives the ids. */
async function listed(
  store: Instance,
  query: Partial<EventQuery> = {},
  limit = 99,
): Promise<readonly string[]> {
  const ids: string[] = []
  let after: string | undefined
  for (let page = 0; page < 50; page += 1) {
    const from = after === undefined ? {} : { after }
    const { events, next } = await store.recovery.list(
      { livemode: false, ...query },
      { ...from, limit },
    )
    ids.push(...events.map(({ key }) => key.eventId))
    if (next === undefined) return ids
    after = next
  }
  return [...ids, 'and no end of pages']
}

export const lists: readonly StoreStatement[] = [
  {
    id: 'store.list.pages',
    title: 'Pages show every event once, in the order in which they came, and end',
    async run({ store }) {
      const ids = ['evt_c', 'evt_a', 'evt_e', 'evt_b', 'evt_d']
      for (const eventId of ids) {
        await store.record(delivery({ key: { eventId } }), 'received', at(0))
      }
      for (const limit of [1, 2, 5, 9]) {
        expectEqual(`with ${limit} on a page`, await listed(store, {}, limit), ids)
      }
      const { next } = await store.recovery.list({ livemode: false }, { limit: 5 })
      expectEqual('a next page after all five', next, undefined)
    },
  },
  {
    id: 'store.list.filters',
    title: 'What is asked for narrows the list, all of it together',
    async run({ store }) {
      const a = delivery({ key: { eventId: 'evt_a' }, type: 'invoice.paid' })
      const b = delivery({ key: { eventId: 'evt_b' }, type: 'invoice.created' })
      const c = delivery({ key: { eventId: 'evt_c', account: 'acct_1' } })
      const live = delivery({ key: { eventId: 'evt_l', livemode: true } })
      for (const [index, event] of [a, b, c, live].entries()) {
        await store.record(event, 'received', at(index))
      }
      await processed(store, b)
      const got = {
        all: await listed(store),
        live: await listed(store, { livemode: true }),
        ids: await listed(store, { ids: ['evt_c', 'evt_a', 'evt_x'] }),
        noIds: await listed(store, { ids: [] }),
        types: await listed(store, { types: ['invoice.created', 'charge.failed'] }),
        states: await listed(store, { states: ['received', 'dead'] }),
        since: await listed(store, { receivedSince: at(1).now }),
        together: await listed(store, {
          types: ['invoice.paid'],
          states: ['received'],
          receivedSince: at(1).now,
        }),
      }
      expectEqual('the lists', got, {
        all: ['evt_a', 'evt_b', 'evt_c'],
        live: ['evt_l'],
        ids: ['evt_a', 'evt_c'],
        noIds: [],
        types: ['evt_b'],
        states: ['evt_a', 'evt_c'],
        since: ['evt_b', 'evt_c'],
        together: ['evt_c'],
      })
    },
  },
  {
    id: 'store.list.record',
    title: 'A record says all about an event: whose, what, when, and what became of it',
    async run({ store }) {
      const event = delivery({
        key: { account: 'acct_1' },
        endpoint: 'we_1',
        created: 4_102_444_800,
      })
      const { key, type, objectId, endpoint, created } = event
      await store.record(event, 'received', at(0))
      const waiting: EventRecord = {
        key,
        type,
        objectId,
        endpoint,
        created,
        state: 'received',
        attempts: 0,
        lastError: undefined,
        reason: undefined,
        receivedAt: at(0).now,
        startedAt: undefined,
        finishedAt: undefined,
        retryAt: undefined,
        requeuedAt: undefined,
        hasBody: true,
      }
      expectEqual('the record at first', await recordOf(store, key), waiting)
      const lease = await claim(store, event, at(10))
      const retryAt = at(30).now
      await store.release(lease, { state: 'failed', error: 'boom', retryAt }, at(20))
      expectEqual('the record when it has failed', await recordOf(store, key), {
        ...waiting,
        state: 'failed',
        attempts: 1,
        lastError: 'boom',
        startedAt: at(10).now,
        retryAt,
      })
    },
  },
]
