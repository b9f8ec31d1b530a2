import { setTimeout } from 'node:timers/promises'
import type { CommitResult, Lease } from '@countersign/core'
import { describe, expect, it } from 'vitest'
import type { PostgresStore, PostgresTransaction } from '../index.ts'
import { claim, claimMany, countQueries, done, openStore } from '../store.test-setup.ts'

const closed = (message: RegExp) =>
  expect.objectContaining({
    code: 'transaction_closed',
    message: expect.stringMatching(message),
  })

function insert(tx: PostgresTransaction, value: string): Promise<unknown> {
  return tx.query('INSERT INTO application VALUES ($1)', [value])
}

/** Commits all at once, each with the callback that its number gets. */
function commitAll(
  store: PostgresStore,
  leases: readonly Lease[],
  work: (
    number: number,
    tx: PostgresTransaction,
    effect: (key: string) => Promise<boolean>,
  ) => Promise<unknown>,
): Promise<PromiseSettledResult<CommitResult<unknown>>[]> {
  return Promise.allSettled(
    leases.map((lease, number) =>
      store.commit(lease, done, (tx, { effect }) => work(number, tx, effect)),
    ),
  )
}

function rejectedOf(results: PromiseSettledResult<unknown>[]): unknown[] {
  return results.flatMap((result, number) =>
    result.status === 'rejected' ? [[number, result.reason]] : [],
  )
}

const states = 'SELECT state FROM countersign_events ORDER BY seq'
const values = 'SELECT value FROM application ORDER BY value COLLATE "C"'
const effects = 'SELECT key FROM countersign_effects ORDER BY key'

describe('tx', () => {
  it('gives rows and takes what pg takes', async () => {
    const { store } = await openStore()
    const result = await store.commit(await claim(store, 'evt_1'), done, async (tx) => {
      const { rows, rowCount } = await tx.query<{ n: number }>('SELECT 1 AS n')
      const arrays = await tx.query({ text: 'SELECT $1::int', rowMode: 'array' }, [2])
      const { query } = tx
      return [rows, rowCount, arrays.rows, typeof query]
    })
    expect(result).toEqual({ committed: true, value: [[{ n: 1 }], 1, [[2]], 'function'] })
  })

  it('stops working when its transaction ends', async () => {
    const { store, rowsOf } = await openStore()
    let kept: PostgresTransaction | undefined
    await store.commit(await claim(store, 'evt_1'), done, async (tx) => {
      kept = tx
    })
    await expect(kept?.query('SELECT 1')).rejects.toEqual(closed(/after the end/))
    expect(await rowsOf(values)).toEqual([])
  })

  it('refuses to end its transaction', async () => {
    const { store, rowsOf } = await openStore()
    const commit = store.commit(await claim(store, 'evt_1'), done, async (tx) => {
      await insert(tx, 'before')
      await tx.query('COMMIT')
    })
    await expect(commit).rejects.toEqual(closed(/SAVEPOINT and ROLLBACK TO/))
    expect(await rowsOf(states)).toEqual(['received'])
    expect(await rowsOf(values)).toEqual([])
  })

  it('takes one statement at a time, so that no COMMIT hides in a text', async () => {
    const { store, rowsOf } = await openStore()
    const commit = store.commit(await claim(store, 'evt_1'), done, async (tx) => {
      await tx.query('SELECT 1; SELECT 2')
    })
    await expect(commit).rejects.toThrow(/multiple commands/)
    expect(await rowsOf(states)).toEqual(['received'])
    expect(await rowsOf(values)).toEqual([])
  })

  it('lets texts through that only look like it, and savepoints', async () => {
    const { store, rowsOf } = await openStore()
    await store.commit(await claim(store, 'evt_1'), done, async (tx) => {
      await tx.query(String.raw`INSERT INTO application VALUES (E'\'; COMMIT; --')`)
      await tx.query('SAVEPOINT mine')
      await insert(tx, 'one')
      await expect(insert(tx, 'one')).rejects.toThrow(/duplicate key/)
      await tx.query('ROLLBACK TO SAVEPOINT mine')
      await insert(tx, 'two')
    })
    expect(await rowsOf(values)).toEqual([`'; COMMIT; --`, 'two'])
  })

  it('commits nothing when a refused statement is overlooked', async () => {
    const { store, rowsOf } = await openStore()
    const leases = await claimMany(store, 12)
    const results = await commitAll(store, leases, async (number, tx) => {
      await insert(tx, `value ${number}`)
      if (number === 3) await tx.query('SELECT nothing').catch(() => {})
    })
    expect(rejectedOf(results)).toEqual([
      [3, expect.objectContaining({ message: expect.stringMatching(/"nothing"/) })],
    ])
    expect((await rowsOf(values)).length).toBe(11)
  })

  it('waits for what a callback has not awaited', async () => {
    const { store, rowsOf } = await openStore()
    await store.commit(await claim(store, 'evt_1'), done, async (tx) => {
      void insert(tx, 'one')
      void insert(tx, 'two')
    })
    expect(await rowsOf(values)).toEqual(['one', 'two'])
  })

  it('waits for it also when it is shared', async () => {
    const { store, rowsOf } = await openStore({ transactions: 1 })
    await commitAll(store, await claimMany(store, 4), async (number, _, effect) => {
      await setTimeout(10)
      void effect(`effect ${number}`)
    })
    expect(await rowsOf(effects)).toHaveLength(4)
  })
})

describe('callbacks that share a transaction', () => {
  it('are few transactions, and record their effects together', async () => {
    const { pool, store, rowsOf } = await openStore({ transactions: 1 })
    const leases = await claimMany(store, 16)
    const queries = countQueries(pool)
    await commitAll(store, leases, (number, _, effect) => effect(`effect ${number}`))
    // BEGIN, the marks, the effects, COMMIT.
    expect(queries()).toHaveLength(4)
    expect(await rowsOf(effects)).toHaveLength(16)
  })

  it('fail alone, whatever they had done before', async () => {
    const { store, rowsOf } = await openStore({ transactions: 1 })
    const leases = await claimMany(store, 12)
    const results = await commitAll(store, leases, async (number, tx, effect) => {
      await effect(`effect ${number}`)
      if (number === 2) throw 'before its first query'
      await insert(tx, `value ${number}`)
      if (number === 5) throw new Error('after it')
      if (number === 7) await tx.query('SELECT 1 / 0')
      return number
    })
    expect(rejectedOf(results)).toEqual([
      [2, 'before its first query'],
      [5, new Error('after it')],
      [7, expect.objectContaining({ code: '22012' })],
    ])
    const failed = [2, 5, 7]
    const kept = leases.flatMap((_, number) => (failed.includes(number) ? [] : [number]))
    expect(await rowsOf(values)).toEqual(kept.map((number) => `value ${number}`).sort())
    expect(await rowsOf(effects)).toEqual(kept.map((number) => `effect ${number}`).sort())
    expect(await rowsOf(states)).toEqual(
      leases.map((_, number) => (failed.includes(number) ? 'received' : 'processed')),
    )
    const again = await commitAll(
      store,
      failed.map((number) => leases[number] ?? expect.fail()),
      (number, _, effect) => effect(`effect ${failed[number]}`),
    )
    expect(again.map((result) => result.status === 'fulfilled' && result.value)).toEqual(
      failed.map(() => ({ committed: true, value: true })),
    )
  })

  it('tell the second that a key is taken only when the first keeps it', async () => {
    const { store, rowsOf } = await openStore({ transactions: 1 })
    const leases = await claimMany(store, 8)
    const results = await commitAll(store, leases, async (number, _, effect) => {
      const isNew = await effect(number < 4 ? 'kept' : 'given up')
      if (number === 4) throw 'no'
      return isNew
    })
    const answers = results.map((result) =>
      result.status === 'fulfilled' && result.value.committed ? result.value.value : 'no',
    )
    expect(answers.slice(0, 4).sort()).toEqual([false, false, false, true])
    expect(answers[4]).toBe('no')
    expect(answers.slice(5).sort()).toEqual([false, false, true])
    expect(await rowsOf(effects)).toEqual(['given up', 'kept'])
  })

  it('wait in their turn for one that has recorded the same, and keep what it takes back', async () => {
    const { store, rowsOf } = await openStore({ transactions: 1 })
    const leases = await claimMany(store, 3)
    const results = await commitAll(store, leases, async (number, tx, effect) => {
      if (number === 0) {
        await effect('shared')
        await setTimeout(100)
        throw 'no'
      }
      await insert(tx, `value ${number}`)
      const isNew = await effect('shared')
      // What was taken back in its turn must not come back when that is rolled back.
      if (number === 1) throw isNew
      return isNew
    })
    expect(rejectedOf(results)).toEqual([
      [0, 'no'],
      [1, true],
    ])
    expect(results[2]).toMatchObject({ value: { committed: true, value: true } })
    expect(await rowsOf(effects)).toEqual(['shared'])
    expect(await rowsOf(states)).toEqual(['received', 'received', 'processed'])
  })

  it('do not wait for each other when they record keys in opposite orders', async () => {
    const { store, rowsOf } = await openStore({ transactions: 1 })
    const leases = await claimMany(store, 6)
    const record = (number: number, effect: (key: string) => Promise<boolean>) =>
      number % 2 === 0
        ? effect('x').then(() => effect('y'))
        : effect('y').then(() => effect('x'))
    const results = await commitAll(store, leases, async (number, _, effect) => {
      // One that overlooks it is given up all the same.
      await (number === 5 ? record(5, effect).catch(() => {}) : record(number, effect))
    })
    expect(results[5]?.status).toBe('rejected')
    expect(rejectedOf(results).length).toBeLessThan(6)
    for (const lease of leases)
      await store.commit(lease, done, (_, { effect }) => record(0, effect))
    expect(await rowsOf(effects)).toEqual(['x', 'y'])
    expect(new Set(await rowsOf(states))).toEqual(new Set(['processed']))
  })

  it('have their keys refused alone', async () => {
    const { store, rowsOf } = await openStore({ transactions: 1 })
    const leases = await claimMany(store, 6)
    // As hex of many digits, since PostgreSQL compresses what repeats.
    const tooLong = Array.from({ length: 2000 }, (_, n) => (n * 7919).toString(36)).join()
    const results = await commitAll(store, leases, (number, _, effect) =>
      effect(number === 1 ? tooLong : `effect ${number}`),
    )
    expect(rejectedOf(results)).toEqual([
      [1, expect.objectContaining({ message: expect.stringMatching(/index row/) })],
    ])
    expect(await rowsOf(effects)).toHaveLength(5)
  })

  it('do not wait for ever for one that hangs, which is alone the next time', async () => {
    const { store, rowsOf } = await openStore({
      transactions: 1,
      transactionTimeoutMs: 300,
    })
    const leases = await claimMany(store, 4)
    let hasHung = false
    const work = async (number: number, tx: PostgresTransaction) => {
      if (number === 1) {
        const hangs = !hasHung
        hasHung = true
        await (hangs ? new Promise(() => {}) : setTimeout(500))
      }
      await insert(tx, `value ${number}`)
    }
    const first = await commitAll(store, leases, work)
    expect(rejectedOf(first)).toEqual(
      [0, 1, 2, 3].map((number) => [number, closed(/longer than 300 ms/)]),
    )
    const second = await commitAll(store, leases, work)
    expect(rejectedOf(second)).toEqual([])
    expect(await rowsOf(values)).toEqual([0, 1, 2, 3].map((number) => `value ${number}`))
  })

  it('are isolated when only their commit shows that one is refused', async () => {
    const { pool, store, rowsOf } = await openStore({ transactions: 1 })
    await pool.query(`CREATE TABLE parent (value text PRIMARY KEY);
      ALTER TABLE application ADD FOREIGN KEY (value) REFERENCES parent DEFERRABLE INITIALLY DEFERRED;
      INSERT INTO parent SELECT 'value ' || n FROM generate_series(0, 2) n`)
    const leases = await claimMany(store, 4)
    const work = (number: number, tx: PostgresTransaction) =>
      insert(tx, `value ${number}`)
    expect(rejectedOf(await commitAll(store, leases, work))).toHaveLength(4)
    expect(rejectedOf(await commitAll(store, leases, work))).toEqual([
      [3, expect.objectContaining({ message: expect.stringMatching(/foreign key/) })],
    ])
    expect(await rowsOf(states)).toEqual([
      'processed',
      'processed',
      'processed',
      'received',
    ])
  })

  it('have one each where that is asked for', async () => {
    const { pool, store } = await openStore({ transactions: 1, transactionEvents: 1 })
    const leases = await claimMany(store, 5)
    const queries = countQueries(pool)
    await commitAll(store, leases, (number, tx) => insert(tx, `value ${number}`))
    expect(queries().filter((text) => text.startsWith('BEGIN'))).toHaveLength(5)
  })
})
