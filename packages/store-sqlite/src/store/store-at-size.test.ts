import { describe, expect, it } from 'vitest'
import { connect, createPath, openStore } from '../store.test-setup.ts'

/** Fills the database with events numbered from 1, of one object, `columns` being expressions of `n`. */
function fill(
  path: string,
  count: number,
  state: string,
  dueAt: string,
  objectId: string,
): void {
  const db = connect(path)
  db.exec(`WITH RECURSIVE numbers (n) AS (
      SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${count}
    )
    INSERT INTO countersign_events (livemode, account, event_id, type, object_id, created,
      state, due_at, received_at, finished_at)
    SELECT 0, '', 'evt_' || n, 'invoice.paid', '${objectId}', 1, '${state}', ${dueAt}, n, n
    FROM numbers`)
  db.exec(`INSERT INTO countersign_bodies SELECT seq, x'7b7d' FROM countersign_events`)
  db.close()
}

describe('claimNext', () => {
  it('gets to the events of others behind thousands of one object', async () => {
    const path = createPath()
    const store = openStore(path)
    fill(path, 20_000, 'received', '0', 'sub_hot')
    connect(path).exec(`UPDATE countersign_events SET object_id = 'sub_other'
      WHERE event_id IN ('evt_15000', 'evt_15001')`)
    const options = { now: 10, leaseMs: 1_000, livemode: false, limit: 50 }
    const { events, nextDueAt } = await store.claimNext(options)
    expect(events.map(({ delivery }) => delivery.key.eventId)).toEqual([
      'evt_1',
      'evt_15000',
    ])
    expect(nextDueAt).toBe(0)
    expect((await store.claimNext(options)).events).toEqual([])
  })
})

describe('list', () => {
  it('finds few among many, wherever they are', async () => {
    const path = createPath()
    const store = openStore(path)
    fill(path, 35_000, 'processed', 'NULL', '')
    connect(path).exec(`UPDATE countersign_events SET type = 'rare'
      WHERE event_id IN ('evt_1', 'evt_10000', 'evt_10001', 'evt_35000');
      UPDATE countersign_events SET state = 'dead' WHERE event_id IN ('evt_5', 'evt_30000')`)
    const idsOf = async (query: object) => {
      const { events } = await store.recovery.list(
        { livemode: false, ...query },
        { limit: 9 },
      )
      return events.map(({ key }) => key.eventId)
    }
    expect(await idsOf({ types: ['rare'] })).toEqual([
      'evt_1',
      'evt_10000',
      'evt_10001',
      'evt_35000',
    ])
    expect(await idsOf({ states: ['dead', 'failed', 'received'] })).toEqual([
      'evt_5',
      'evt_30000',
    ])
    expect(await idsOf({ receivedSince: 35_000 })).toEqual(['evt_35000'])
  })
})

describe('prune', () => {
  it('lets others write while it deletes much, and goes on where it stopped', async () => {
    const path = createPath()
    const store = openStore(path)
    fill(path, 20_000, 'processed', 'NULL', '')
    let turns = 0
    const timer = setInterval(() => {
      turns += 1
    }, 0)
    const before = { bodiesBefore: 15_001 }
    expect(await store.recovery.prune({ ...before, limit: 4_100 })).toEqual({
      bodies: 4_100,
      events: 0,
    })
    expect(await store.recovery.prune({ ...before, limit: 20_000 })).toEqual({
      bodies: 10_900,
      events: 0,
    })
    expect(await store.recovery.prune({ ...before, limit: 20_000 })).toEqual({
      bodies: 0,
      events: 0,
    })
    clearInterval(timer)
    expect(turns).toBeGreaterThan(5)
    expect(await store.recovery.prune({ eventsBefore: 18_001, limit: 20_000 })).toEqual({
      bodies: 0,
      events: 18_000,
    })
    const left = connect(path)
      .prepare('SELECT count(*) AS n FROM countersign_bodies')
      .get()
    expect(left).toEqual({ n: 2_000 })
  })
})
