import { describe, expect, it } from 'vitest'
import type { SqliteStatement, SqliteTransaction } from '../index.ts'
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
import { refuseTransactionControl } from './refuse-transaction-control.ts'

const closed = expect.objectContaining({ code: 'transaction_closed' })

function openWithTable() {
  const path = createPath()
  connect(path).exec('CREATE TABLE application (value TEXT UNIQUE)')
  return { path, store: openStore(path) }
}

describe('tx', () => {
  it('reads, writes and iterates', async () => {
    const { store } = openWithTable()
    const result = await store.commit(await claim(store, 'evt_1'), done, (tx) => {
      const insert = tx.prepare('INSERT INTO application VALUES ($value)')
      const changes = ['a', 'b'].map((value) => insert.run({ value }).changes)
      tx.exec(`INSERT INTO application VALUES ('c')`)
      const all = tx.prepare('SELECT value FROM application ORDER BY 1')
      const one = tx.prepare('SELECT value FROM application WHERE value > ?').get('b')
      return [changes, [...all.iterate()].map(({ value }) => value), one?.value]
    })
    expect(result).toEqual({
      committed: true,
      value: [[1, 1], ['a', 'b', 'c'], 'c'],
    })
  })

  it('stops working at the end of the callback, and so do its statements', async () => {
    const { path, store } = openWithTable()
    let tx: SqliteTransaction | undefined
    let statement: SqliteStatement | undefined
    let rows: IterableIterator<unknown> | undefined
    let effect: ((key: string) => boolean) | undefined
    await store.commit(await claim(store, 'evt_1'), done, (given, recording) => {
      tx = given
      effect = recording.effect
      statement = tx.prepare(`INSERT INTO application VALUES ('late')`)
      rows = tx.prepare('SELECT 1 UNION SELECT 2').iterate()
      rows.next()
    })
    expect(() => tx?.exec(`INSERT INTO application VALUES ('late')`)).toThrow(closed)
    expect(() => tx?.prepare('SELECT 1')).toThrow(closed)
    expect(() => statement?.run()).toThrow(closed)
    expect(() => rows?.next()).toThrow(closed)
    expect(() => effect?.('late')).toThrow(closed)
    expect(rowsOf(path, 'SELECT * FROM application')).toEqual([])
  })

  it('gives one statement for each use, though the SQL is the same', async () => {
    const { store } = openWithTable()
    const sql = 'SELECT 1 AS n UNION SELECT 2'
    await store.commit(await claim(store, 'evt_1'), done, (tx) => tx.prepare(sql).all())
    const pairs: unknown[] = []
    await store.commit(await claim(store, 'evt_2'), done, (tx) => {
      for (const one of tx.prepare(sql).iterate()) {
        for (const other of tx.prepare(sql).iterate()) pairs.push([one.n, other.n])
      }
    })
    expect(pairs).toEqual([
      [1, 1],
      [1, 2],
      [2, 1],
      [2, 2],
    ])
  })

  it.each([
    'BEGIN',
    'begin immediate',
    'COMMIT',
    'END',
    'ROLLBACK',
    'rollback transaction',
    ' /* ; */ COMMIT',
    `SELECT ';'; -- ;\n COMMIT`,
    'SELECT 1;;commit;',
    `CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT ';'; END; COMMIT`,
  ])('refuses %j', (sql) => {
    expect(() => refuseTransactionControl(sql)).toThrow(closed)
  })

  it.each([
    'SAVEPOINT mine; ROLLBACK TO mine; RELEASE mine',
    'ROLLBACK TRANSACTION TO SAVEPOINT mine',
    `INSERT INTO a VALUES ('x; COMMIT')`,
    'SELECT "end; COMMIT" FROM [begin; COMMIT]',
    '-- COMMIT\nSELECT 1 /* ; COMMIT */',
    'CREATE TEMP TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM b; END; SELECT 1',
    'SELECT CASE 1 WHEN 1 THEN 2 END',
    '',
    `'`,
  ])('allows %j', (sql) => {
    expect(() => refuseTransactionControl(sql)).not.toThrow()
  })

  it('takes back what was written before a COMMIT that was refused', async () => {
    const { path, store } = openWithTable()
    const lease = await claim(store, 'evt_1')
    const committed = store.commit(lease, done, (tx) => {
      tx.exec(`INSERT INTO application VALUES ('a'); COMMIT`)
    })
    await expect(committed).rejects.toEqual(closed)
    expect(rowsOf(path, 'SELECT * FROM application')).toEqual([])
    expect(rowsOf(path, 'SELECT state FROM countersign_events')).toEqual(['received'])
  })
})

describe('a transaction that the callback has ended after all', () => {
  it('writes nothing more once a conflict has rolled it back', async () => {
    const { path, store } = openWithTable()
    const lease = await claim(store, 'evt_1')
    const committed = store.commit(lease, done, (tx) => {
      const insert = tx.prepare(`INSERT OR ROLLBACK INTO application VALUES ('a')`)
      insert.run()
      try {
        insert.run()
      } catch {
        // As an application does that expects the conflict.
      }
      tx.exec(`INSERT INTO application VALUES ('b')`)
    })
    await expect(committed).rejects.toEqual(closed)
    expect(rowsOf(path, 'SELECT * FROM application')).toEqual([])
    expect(rowsOf(path, 'SELECT state FROM countersign_events')).toEqual(['received'])
    expect(await store.commit(lease, done)).toMatchObject({ committed: true })
  })

  it('is said by an error, and the mark is committed with what was written before', async () => {
    const { db, path, store } = openOwned()
    db.exec('CREATE TABLE application (value TEXT)')
    const lease = await claim(store, 'evt_1')
    const committed = store.commit(lease, done, (tx) => {
      tx.exec(`INSERT INTO application VALUES ('a')`)
      db.exec('COMMIT')
    })
    await expect(committed).rejects.toEqual(closed)
    expect(rowsOf(path, 'SELECT * FROM application')).toEqual(['a'])
    expect(await store.claim(deliveryOf('evt_1'), at(5_000))).toEqual({
      status: 'processed',
    })
  })
})
