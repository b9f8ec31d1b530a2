import { eq } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core'
import { Kysely, PostgresDialect, type PostgresPoolClient } from 'kysely'
import type { PoolClient } from 'pg'
import { describe, expect, it } from 'vitest'
import type { PostgresTransaction } from './index.ts'
import { claim, done, openStore } from './store.test-setup.ts'

const createTable = `CREATE TABLE grants (customer text PRIMARY KEY, credits integer NOT NULL,
  since timestamptz NOT NULL DEFAULT '2026-01-01T00:00:00Z')`

describe('Drizzle on tx', () => {
  const grants = pgTable('grants', {
    customer: text().primaryKey(),
    credits: integer().notNull(),
    since: timestamp({ withTimezone: true }).notNull().defaultNow(),
  })
  // Of a client it uses `query` alone.
  const drizzleOn = (tx: PostgresTransaction) => drizzle(tx as unknown as PoolClient)

  it('writes in the transaction of an event', async () => {
    const { pool, store, rowsOf } = await openStore()
    await pool.query(createTable)
    const since = new Date('2026-02-03T04:05:06Z')
    const result = await store.commit(await claim(store, 'evt_1'), done, async (tx) => {
      const db = drizzleOn(tx)
      await db.insert(grants).values({ customer: 'cus_1', credits: 5, since })
      await db.update(grants).set({ credits: 7 }).where(eq(grants.customer, 'cus_1'))
      return db.select().from(grants)
    })
    expect(result).toEqual({
      committed: true,
      value: [{ customer: 'cus_1', credits: 7, since }],
    })
    expect(await rowsOf('SELECT credits FROM grants')).toEqual([7])
  })

  it('is told that the transaction is begun already', async () => {
    const { store } = await openStore()
    const commit = store.commit(await claim(store, 'evt_1'), done, (tx) =>
      drizzleOn(tx).transaction(async () => {}),
    )
    await expect(commit).rejects.toMatchObject({
      cause: expect.objectContaining({ code: 'transaction_closed' }),
    })
  })
})

describe('Kysely on tx', () => {
  interface Tables {
    grants: { customer: string; credits: number }
  }

  function kyselyOn(tx: PostgresTransaction): Kysely<Tables> {
    const client = { query: tx.query.bind(tx), release() {} } as PostgresPoolClient
    const pool = { connect: async () => client, end: async () => {}, options: {} }
    return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  }

  it('writes in the transaction of an event, and is rolled back with it', async () => {
    const { pool, store } = await openStore()
    await pool.query(createTable)
    const failed = store.commit(await claim(store, 'evt_1'), done, async (tx) => {
      const db = kyselyOn(tx)
      await db.insertInto('grants').values({ customer: 'cus_1', credits: 5 }).execute()
      throw new Error('no')
    })
    await expect(failed).rejects.toThrow('no')
    const result = await store.commit(await claim(store, 'evt_2'), done, async (tx) => {
      const db = kyselyOn(tx)
      const { numInsertedOrUpdatedRows } = await db
        .insertInto('grants')
        .values({ customer: 'cus_1', credits: 6 })
        .executeTakeFirst()
      const rows = await db.selectFrom('grants').select('credits').execute()
      return [numInsertedOrUpdatedRows, rows]
    })
    expect(result).toEqual({ committed: true, value: [1n, [{ credits: 6 }]] })
  })
})
