import { describe, expect, it } from 'vitest'
import {
  claimMany,
  countQueries,
  deliveryOf,
  done,
  openStore,
} from '../store.test-setup.ts'

describe('calls that come at the same time', () => {
  it('share a few statements', async () => {
    const { pool, store } = await openStore()
    const queries = countQueries(pool)
    const events = Array.from({ length: 60 }, (_, number) => deliveryOf(`evt_${number}`))
    const recorded = await Promise.all(
      events.map((event) => store.record(event, 'received', { now: 0 })),
    )
    expect(new Set(recorded)).toEqual(new Set(['stored']))
    // One asks for the version of the tables.
    expect(queries().length).toBeLessThanOrEqual(3)
  })

  it('fail alone when PostgreSQL refuses the row of one', async () => {
    const { pool, store, rowsOf } = await openStore()
    await pool.query(`ALTER TABLE countersign_events ADD CHECK (type <> 'refused')`)
    const events = Array.from({ length: 20 }, (_, number) =>
      deliveryOf(`evt_${number}`, number === 7 ? { type: 'refused' } : {}),
    )
    const recorded = await Promise.allSettled(
      events.map((event) => store.record(event, 'received', { now: 0 })),
    )
    const failed = recorded.flatMap(({ status }, number) =>
      status === 'rejected' ? [number] : [],
    )
    expect(failed).toEqual([7])
    expect(await rowsOf('SELECT count(*) FROM countersign_events')).toEqual(['19'])
  })

  it('are answered each for itself when they are about the same event', async () => {
    const { store } = await openStore()
    const one = () => store.claim(deliveryOf('evt_1'), { now: 0, leaseMs: 1_000 })
    const claims = await Promise.all(Array.from({ length: 10 }, one))
    const statuses = claims.map(({ status }) => status).sort()
    expect(statuses).toEqual(['claimed', ...Array(9).fill('in_flight')])
  })

  it('mark and release in a few statements', async () => {
    const { pool, store, rowsOf } = await openStore()
    const leases = await claimMany(store, 40)
    const queries = countQueries(pool)
    await Promise.all(
      leases.map((lease, number) =>
        number % 2 === 0
          ? store.commit(lease, done)
          : store.release(lease, { state: 'dead', error: 'no' }, { now: 1 }),
      ),
    )
    expect(queries().length).toBeLessThanOrEqual(4)
    expect(
      await rowsOf(
        'SELECT state, count(*)::int FROM countersign_events GROUP BY state ORDER BY state',
      ),
    ).toEqual([
      ['dead', 20],
      ['processed', 20],
    ])
  })
})
