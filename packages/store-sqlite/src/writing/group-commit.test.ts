import { performance } from 'node:perf_hooks'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  at,
  claim,
  connect,
  createPath,
  deliveryOf,
  done,
  openOwned,
  openStore,
  rowsOf,
} from '../store.test-setup.ts'

const numbers = (length: number) => Array.from({ length }, (_, number) => number)

/** How often another connection commits, as this one sees it. */
function countCommits(path: string): () => unknown {
  const version = connect(path).prepare('PRAGMA data_version')
  const first = Number(version.get()?.data_version)
  return () => Number(version.get()?.data_version) - first
}

describe('calls of one turn', () => {
  it('share one transaction', async () => {
    const path = createPath()
    const store = openStore(path)
    const other = connect(path)
    const seen = new Set<unknown>()
    const count = other.prepare('SELECT count(*) AS n FROM countersign_events')
    const stop = store.watch(() => seen.add(count.get()?.n))
    onTestFinished(stop)
    await Promise.all(
      numbers(50).map((n) =>
        store.record(deliveryOf(`evt_${n}`), 'received', { now: 0 }),
      ),
    )
    expect([...seen]).toEqual([50])
  })

  it('cost each other nothing when one of them fails', async () => {
    const path = createPath()
    connect(path).exec('CREATE TABLE application (value TEXT)')
    const store = openStore(path)
    const leases = await Promise.all(numbers(5).map((n) => claim(store, `evt_${n}`)))
    const results = await Promise.allSettled([
      ...leases.map((lease, number) =>
        store.commit(lease, done, (tx, { effect, outbox }) => {
          effect(`${number}`)
          outbox({ topic: 'mail', key: `${number}`, payload: number })
          tx.prepare('INSERT INTO application VALUES (?)').run(`${number}`)
          if (number === 2) throw 'not an Error'
        }),
      ),
      store.record(deliveryOf('evt_9', { created: 1.5 }), 'received', { now: 0 }),
      store.record(deliveryOf('evt_8'), 'received', { now: 0 }),
    ])
    expect(results.map(({ status }) => status)).toEqual(
      numbers(7).map((number) => ([2, 5].includes(number) ? 'rejected' : 'fulfilled')),
    )
    expect(results[2]).toEqual({ status: 'rejected', reason: 'not an Error' })
    const others = ['0', '1', '3', '4']
    expect(rowsOf(path, 'SELECT value FROM application')).toEqual(others)
    expect(rowsOf(path, 'SELECT key FROM countersign_effects')).toEqual(others)
    expect(rowsOf(path, 'SELECT key FROM countersign_outbox')).toEqual(others)
    expect(
      rowsOf(path, `SELECT event_id FROM countersign_events WHERE state = 'received'`),
    ).toEqual(['evt_2', 'evt_8'])
  })

  it('that find a duplicate write nothing, and do not wait for a writer', async () => {
    const path = createPath()
    const store = openStore(path)
    await store.claimAndCommit(deliveryOf('evt_1'), done, at(0))
    const commits = countCommits(path)
    const writer = connect(path)
    writer.exec('BEGIN IMMEDIATE')
    const again = await Promise.all([
      store.claim(deliveryOf('evt_1'), at(9_000)),
      store.claimAndCommit(deliveryOf('evt_1'), done, at(9_000)),
      store.record(deliveryOf('evt_1'), 'received', { now: 9_000 }),
    ])
    expect(again).toEqual([{ status: 'processed' }, { status: 'processed' }, 'processed'])
    writer.exec('ROLLBACK')
    expect(commits()).toBe(0)
  })
})

describe('a full disk', () => {
  it('rejects every call of the group, keeps nothing of it, and is over once there is space', async () => {
    const { db, path, store } = openOwned()
    const lease = await claim(store, 'evt_1')
    const pages = Number(db.prepare('PRAGMA page_count').get()?.page_count)
    db.exec(`PRAGMA max_page_count = ${pages + 2}; CREATE TABLE application (value TEXT)`)
    const large = new Uint8Array(100_000)
    const results = await Promise.allSettled([
      store.record(deliveryOf('evt_2', { body: large }), 'received', { now: 0 }),
      store.record(deliveryOf('evt_3'), 'received', { now: 0 }),
      store.commit(lease, done),
    ])
    expect(results.map(({ status }) => status)).toEqual([
      'rejected',
      'rejected',
      'rejected',
    ])
    expect(results[0]).toMatchObject({ reason: { message: 'database or disk is full' } })
    expect(rowsOf(path, 'SELECT event_id, state FROM countersign_events')).toEqual([
      ['evt_1', 'received'],
    ])
    db.exec('PRAGMA max_page_count = 1000000')
    expect(await store.commit(lease, done)).toMatchObject({ committed: true })
    expect(
      await store.record(deliveryOf('evt_2', { body: large }), 'received', { now: 0 }),
    ).toBe('stored')
  })

  it('in the middle of a callback commits nothing of it, though it goes on', async () => {
    const { db, path, store } = openOwned()
    db.exec('CREATE TABLE application (value TEXT)')
    const lease = await claim(store, 'evt_1')
    const pages = Number(db.prepare('PRAGMA page_count').get()?.page_count)
    db.exec(`PRAGMA max_page_count = ${pages + 2}`)
    const committed = store.commit(lease, done, (tx) => {
      const insert = tx.prepare('INSERT INTO application VALUES (?)')
      try {
        insert.run('x'.repeat(100_000))
      } catch {
        // As an application does that goes on without this row.
      }
      insert.run('small')
    })
    await expect(committed).rejects.toMatchObject({ code: 'transaction_closed' })
    expect(rowsOf(path, 'SELECT * FROM application')).toEqual([])
    expect(rowsOf(path, 'SELECT state FROM countersign_events')).toEqual(['received'])
  })
})

describe('another connection that writes', () => {
  it('is waited for without holding up the event loop', async () => {
    const path = createPath()
    const store = openStore(path)
    const writer = connect(path)
    writer.exec('BEGIN IMMEDIATE')
    let turns = 0
    const timer = setInterval(() => {
      turns += 1
      if (turns === 20) writer.exec('COMMIT')
    }, 5)
    onTestFinished(() => clearInterval(timer))
    expect(await store.record(deliveryOf('evt_1'), 'received', { now: 0 })).toBe('stored')
    expect(turns).toBeGreaterThanOrEqual(20)
  })

  it('is waited for no longer than busyTimeoutMs, and the store works once it has ended', async () => {
    const path = createPath()
    const store = openStore(path, { busyTimeoutMs: 50 })
    const writer = connect(path)
    writer.exec('BEGIN IMMEDIATE')
    const began = performance.now()
    const recorded = store.record(deliveryOf('evt_1'), 'received', { now: 0 })
    await expect(recorded).rejects.toThrow(/locked for 50 ms/)
    expect(performance.now() - began).toBeLessThan(5_000)
    writer.exec('COMMIT')
    expect(await store.record(deliveryOf('evt_1'), 'received', { now: 0 })).toBe('stored')
  })
})

describe("the application's own database", () => {
  it('is waited for while it has a transaction open, which stays its own', async () => {
    const { db, path, store } = openOwned()
    db.exec(`CREATE TABLE application (value TEXT);
      BEGIN; INSERT INTO application VALUES ('a')`)
    const recorded = store.record(deliveryOf('evt_1'), 'received', { now: 0 })
    await new Promise((resolve) => setTimeout(resolve, 30))
    db.exec('ROLLBACK')
    expect(await recorded).toBe('stored')
    expect(rowsOf(path, 'SELECT * FROM application')).toEqual([])
  })

  it('is not closed with the store', async () => {
    const { db, store } = openOwned()
    await store.close()
    expect(db.prepare('SELECT 1 AS n').get()).toEqual({ n: 1 })
  })

  it('may give numbers as bigint', async () => {
    const path = createPath()
    const db = new DatabaseSync(path, { readBigInts: true })
    onTestFinished(() => db.close())
    const store = openStore(db)
    expect(await claim(store, 'evt_1')).toMatchObject({ token: 1, attempt: 1 })
    const again = await store.claim(deliveryOf('evt_1'), at(5_000))
    expect(again).toMatchObject({ lease: { token: 2, attempt: 2 } })
  })

  it('that can only be read rejects what writes', async () => {
    const path = createPath()
    await openStore(path).close()
    const db = new DatabaseSync(path, { readOnly: true })
    onTestFinished(() => db.close())
    const store = openStore(db)
    const recorded = store.record(deliveryOf('evt_1'), 'received', { now: 0 })
    await expect(recorded).rejects.toThrow('attempt to write a readonly database')
    expect((await store.recovery.list({ livemode: false }, { limit: 1 })).events).toEqual(
      [],
    )
  })
})

describe('close', () => {
  it('waits for what was called, refuses what is called later, and may be called twice', async () => {
    const path = createPath()
    const store = openStore(path)
    const recorded = store.record(deliveryOf('evt_1'), 'received', { now: 0 })
    await Promise.all([store.close(), store.close()])
    expect(await recorded).toBe('stored')
    const late = store.record(deliveryOf('evt_2'), 'received', { now: 0 })
    await expect(late).rejects.toThrow('This store is closed')
    await expect(store.recovery.readCheckpoint('x')).rejects.toThrow('closed')
  })
})

describe('a database in memory', () => {
  it('works, and says that it forgets', async () => {
    const store = openStore(':memory:')
    expect(store.durable).toBe(false)
    expect(openStore().durable).toBe(true)
    await claim(store, 'evt_1')
    expect(await store.claim(deliveryOf('evt_1'), at(0))).toEqual({ status: 'in_flight' })
  })
})
