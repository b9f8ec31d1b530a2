import { setTimeout } from 'node:timers/promises'
import type { ClaimedBatch } from '@countersign/core'
import type pg from 'pg'
import { describe, expect, it } from 'vitest'
import { type PostgresStore, postgresStore } from '../index.ts'
import {
  at,
  connect,
  countQueries,
  deliveryOf,
  done,
  openStore,
} from '../store.test-setup.ts'

async function recordMany(
  store: PostgresStore,
  ids: readonly string[],
  objectOf: (id: string) => string,
): Promise<void> {
  // One after the other as far as order matters, and else quickly.
  for (let from = 0; from < ids.length; from += 500)
    await Promise.all(
      ids.slice(from, from + 500).map((id) =>
        store.record(deliveryOf(id, { objectId: objectOf(id) }), 'received', {
          now: 0,
        }),
      ),
    )
}

const next = (store: PostgresStore, now: number, limit: number) =>
  store.claimNext({ ...at(now), livemode: false, limit })

const idsOf = ({ events }: ClaimedBatch) => events.map(({ lease }) => lease.key.eventId)

const numbered = (count: number, name: string) =>
  Array.from({ length: count }, (_, number) => `${name}_${number}`)

/** Holds back the next COMMIT of a pool. */
function holdCommit(pool: pg.Pool): {
  readonly isReached: Promise<void>
  readonly open: () => void
} {
  let open = () => {}
  const isOpen = new Promise<void>((resolve) => {
    open = resolve
  })
  const isReached = new Promise<void>((resolve) => {
    pool.once('acquire', (client) => {
      const { query } = client
      client.query = async (...args: unknown[]) => {
        if ((args[0] as { text?: string }).text === 'COMMIT') {
          resolve()
          await isOpen
        }
        return Reflect.apply(query, client, args)
      }
    })
  })
  return { isReached, open }
}

describe('claimNext', () => {
  it('gets past thousands of events of one object, and looks at them once', async () => {
    const { pool, store, rowsOf } = await openStore()
    await recordMany(store, numbered(2000, 'hot'), () => 'sub_hot')
    await recordMany(store, numbered(60, 'cold'), (id) => `sub_${id}`)
    const first = await next(store, 10, 50)
    expect(first.events).toHaveLength(50)
    expect(idsOf(first).filter((id) => id.startsWith('hot'))).toHaveLength(1)

    const queries = countQueries(pool)
    const second = await next(store, 11, 50)
    expect(idsOf(second)).toHaveLength(11)
    // BEGIN, the claim and COMMIT: all that is behind the hot one was out of the way.
    expect(queries()).toHaveLength(3)
    expect(
      await rowsOf('SELECT count(*)::int FROM countersign_events WHERE due_at = -1'),
    ).toEqual([1999])
  })

  it('claims what was behind another event as soon as that is done, before what came later', async () => {
    const { store } = await openStore()
    await recordMany(store, ['one'], () => 'sub_1')
    await recordMany(store, ['two'], () => 'sub_1')
    await recordMany(store, ['three'], () => 'sub_1')
    await recordMany(store, ['other'], () => 'sub_2')
    const first = await next(store, 10, 10)
    expect(idsOf(first)).toEqual(['one', 'other'])
    expect(first.nextDueAt).toBe(0)
    expect(idsOf(await next(store, 11, 10))).toEqual([])
    await recordMany(store, ['late'], () => 'sub_3')
    const { lease } = first.events[0] ?? expect.fail()
    await store.commit(lease, done)
    expect(idsOf(await next(store, 12, 1))).toEqual(['two'])
    expect(idsOf(await next(store, 13, 10))).toEqual(['late'])
  })

  it('claims it as well when the lease of the other one has ended, or when it is asked for by its key', async () => {
    const { store } = await openStore()
    await recordMany(store, ['one'], () => 'sub_1')
    await recordMany(store, ['two'], () => 'sub_1')
    const [first] = (await next(store, 10, 10)).events
    await store.release(
      first?.lease ?? expect.fail(),
      { state: 'dead', error: 'no' },
      { now: 11 },
    )
    const keys = ['two', 'two', 'absent'].map((eventId) => ({
      livemode: false,
      account: '',
      eventId,
    }))
    const asked = await store.claimNext({ ...at(12), livemode: false, limit: 5, keys })
    expect(idsOf(asked)).toEqual(['two'])
  })

  it('waits for a claim that is not committed, since what came before may have been stored meanwhile', async () => {
    const { url, pool, store } = await openStore()
    const early = connect(url, { max: 1 })
    const slow = await early.connect()
    await slow.query('BEGIN')
    await slow.query(`INSERT INTO countersign_events
      (livemode, account, event_id, type, object_id, created, state, due_at, received_at)
      VALUES (false, '', 'early', 'invoice.paid', 'sub_1', 1, 'received', 0, 0)`)
    await recordMany(store, ['late'], () => 'sub_1')
    const gate = holdCommit(pool)
    const first = next(store, 10, 1)
    await gate.isReached
    await slow.query('COMMIT')
    slow.release()
    const second = next(postgresStore(connect(url)), 10, 5)
    const isWaiting = await Promise.race([second, setTimeout(300, 'waiting')])
    expect(isWaiting).toBe('waiting')
    gate.open()
    expect(idsOf(await first)).toEqual(['late'])
    expect(idsOf(await second)).toEqual([])
  })

  it('gives no two callers of several pools events of one object', async () => {
    const { url, store } = await openStore()
    const objects = 40
    await recordMany(
      store,
      numbered(400, 'evt'),
      (id) => `sub_${Number(id.slice(4)) % objects}`,
    )
    const stores = [0, 1, 2].map(() => postgresStore(connect(url, { max: 3 })))
    const held = new Set<string>()
    let done_ = 0
    await Promise.all(
      [...stores, ...stores].map(async (one) => {
        for (let rounds = 0; done_ < 400 && rounds < 400; rounds += 1) {
          const { events } = await next(one, 10, 7)
          for (const { delivery } of events) {
            expect(held.has(delivery.objectId)).toBe(false)
            held.add(delivery.objectId)
          }
          await Promise.all(
            events.map(async ({ delivery, lease }) => {
              // Nobody can claim the object before this has begun.
              held.delete(delivery.objectId)
              expect(await one.commit(lease, done)).toMatchObject({ committed: true })
              done_ += 1
            }),
          )
        }
      }),
    )
    expect(done_).toBe(400)
  })
})
