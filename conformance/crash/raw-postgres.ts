import type { TestDatabase } from 'countersign-postgres-server'
import pg from 'pg'
import { QUERIES, type RawDatabase, toRawState } from './raw-state.ts'

const APPLICATION = 'CREATE TABLE application (kind text, key text, event_id text)'

/** Puts the application's own table into an empty database. */
export async function preparePostgres(created: TestDatabase): Promise<RawDatabase> {
  const database = readPostgres(created)
  await database.query(APPLICATION)
  return database
}

/** A database that has the application's table already. */
export function readPostgres({ url, drop }: TestDatabase): RawDatabase & {
  readonly query: (sql: string, values?: unknown[]) => Promise<pg.QueryResult>
} {
  const pool = new pg.Pool({ connectionString: url, max: 1 })
  // The server may be killed: then the next query gets a new connection.
  pool.on('error', () => {})

  return {
    address: url,
    query: (sql, values) => pool.query(sql, values),
    async read() {
      const { rows } = await pool.query(
        "SELECT to_regclass('countersign_checkpoints') IS NOT NULL AS is_there",
      )
      if (rows[0]?.is_there !== true) return undefined
      // Several statements in one query, in one snapshot. The types know of one result alone.
      const sql = `BEGIN ISOLATION LEVEL REPEATABLE READ; ${QUERIES.join(';')}; COMMIT`
      const results = (await pool.query(sql)) as unknown as readonly pg.QueryResult[]
      return toRawState(results.slice(1, -1).map((result) => result.rows))
    },
    async describe(eventId) {
      const sql = 'SELECT * FROM countersign_events WHERE event_id = $1'
      return (await pool.query(sql, [eventId])).rows
    },
    findDamage: async () => undefined,
    passTime: async () => {},
    async remove() {
      await pool.end()
      await drop()
    },
  }
}
