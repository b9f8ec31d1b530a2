import { eq } from 'drizzle-orm'
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { drizzle } from 'drizzle-orm/sqlite-proxy'
import {
  type Compilable,
  DummyDriver,
  Kysely,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { describe, expect, it } from 'vitest'
import type { SqliteParameters, SqliteTransaction } from './index.ts'
import {
  claim,
  connect,
  createPath,
  done,
  openStore,
  rowsOf,
} from './store.test-setup.ts'

const createTable =
  'CREATE TABLE grants (customer TEXT PRIMARY KEY, credits INTEGER NOT NULL)'

describe('queries of Drizzle', () => {
  const grants = sqliteTable('grants', {
    customer: text().primaryKey(),
    credits: integer().notNull(),
  })
  // It builds queries; the transaction runs them.
  const build = drizzle(async () => ({ rows: [] }))

  function run(
    tx: SqliteTransaction,
    query: { toSQL: () => { sql: string; params: unknown[] } },
  ) {
    const { sql, params } = query.toSQL()
    return tx.prepare(sql).all(...(params as SqliteParameters))
  }

  it('run in the transaction of an event', async () => {
    const path = createPath()
    connect(path).exec(createTable)
    const store = openStore(path)
    const result = await store.commit(await claim(store, 'evt_1'), done, (tx) => {
      run(tx, build.insert(grants).values({ customer: 'cus_1', credits: 5 }))
      run(
        tx,
        build.update(grants).set({ credits: 7 }).where(eq(grants.customer, 'cus_1')),
      )
      return run(tx, build.select().from(grants))
    })
    expect(result).toEqual({
      committed: true,
      value: [{ customer: 'cus_1', credits: 7 }],
    })
    expect(rowsOf(path, 'SELECT credits FROM grants')).toEqual([7])
  })
})

describe('queries of Kysely', () => {
  interface Database {
    grants: { customer: string; credits: number }
  }
  const build = new Kysely<Database>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new SqliteIntrospector(db),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  })

  function run<Row>(tx: SqliteTransaction, query: Compilable<Row>): Row[] {
    const { sql, parameters } = query.compile()
    return tx.prepare(sql).all(...(parameters as SqliteParameters)) as Row[]
  }

  it('run in the transaction of an event, and are rolled back with it', async () => {
    const path = createPath()
    connect(path).exec(createTable)
    const store = openStore(path)
    const insert = build.insertInto('grants').values({ customer: 'cus_1', credits: 5 })
    const failed = store.commit(await claim(store, 'evt_1'), done, (tx) => {
      run(tx, insert)
      throw new Error('no')
    })
    await expect(failed).rejects.toThrow('no')
    const result = await store.commit(await claim(store, 'evt_2'), done, (tx) => {
      run(tx, insert)
      return run(tx, build.selectFrom('grants').select('credits'))
    })
    expect(result).toEqual({ committed: true, value: [{ credits: 5 }] })
  })
})
