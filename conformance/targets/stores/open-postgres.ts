import { basename } from 'node:path'
import process from 'node:process'
import type { AsyncTransaction } from '@countersign/core'
import { type PostgresTransaction, postgresStore } from '@countersign/store-postgres'
import { Pool } from 'pg'
import type { Recorded } from '../../src/target.ts'
import type { Backing } from './backing.ts'

/** A schema named for this folder in the database that `DATABASE_URL` names, where effects are rows of the application. */
export async function openPostgres(
  folder: string,
): Promise<Backing<AsyncTransaction<PostgresTransaction>>> {
  const schema = basename(folder).toLowerCase().replaceAll(/\W/g, '_')
  const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: 10 })
  // A connection that breaks while nobody uses it: the next query opens another one.
  pool.on('error', () => {})
  const store = postgresStore(pool, { schema })
  const recorded = `"${schema}".recorded`
  await pool.query(`CREATE SCHEMA IF NOT EXISTS "${schema}"`)
  await store.migrate()
  await pool.query(
    `CREATE TABLE IF NOT EXISTS ${recorded} (id bigserial PRIMARY KEY, key text, entry json)`,
  )
  return {
    store,
    effects: {
      async of(key) {
        const { rows } = await pool.query<{ entry: Recorded }>(
          `SELECT entry FROM ${recorded} WHERE key = $1 ORDER BY id`,
          [key],
        )
        return rows.map(({ entry }) => entry)
      },
      commit: (context, { businessKey, key, entry, act }) =>
        context.transaction(async (tx) => {
          if (!(await context.effect(businessKey))) return
          act()
          await tx.query(`INSERT INTO ${recorded} (key, entry) VALUES ($1, $2)`, [
            key,
            JSON.stringify(entry),
          ])
        }),
    },
    async close() {
      await pool.query(`DROP SCHEMA "${schema}" CASCADE`)
      await pool.end()
    },
  }
}
