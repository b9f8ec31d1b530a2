import { postgresStore } from '@countersign/store-postgres'
import { type PostgresServer, startPostgres } from 'countersign-postgres-server'
import pg from 'pg'
import { PgBoss } from 'pg-boss'
import type { StoreName } from './child/messages.ts'
import { preparePostgres, readPostgres } from './raw-postgres.ts'
import { createSqlite } from './raw-sqlite.ts'
import type { RawDatabase } from './raw-state.ts'

/** What the worlds of a campaign are made on. */
export interface Ground {
  readonly createDatabase: () => Promise<RawDatabase>
  /** The server that all databases are on, if there is one. */
  readonly server?: PostgresServer
  readonly close: () => Promise<void>
}

export async function openGround(store: StoreName): Promise<Ground> {
  if (store === 'sqlite') return { createDatabase: createSqlite, close: async () => {} }
  const server = await startPostgres({
    ownServer: true,
    settings: { max_connections: 200 },
  })
  const close = () => server.stop()
  if (store === 'postgres') {
    const createDatabase = async () => preparePostgres(await server.createDatabase())
    return { server, createDatabase, close }
  }
  const template = await createTemplate(server)
  return { server, createDatabase: () => copy(server, template), close }
}

/** pg-boss takes longer to make its tables than a world takes to live. */
async function createTemplate(server: PostgresServer): Promise<string> {
  const created = await server.createDatabase()
  const boss = new PgBoss({
    connectionString: created.url,
    supervise: false,
    schedule: false,
  })
  await boss.start()
  await boss.stop({ graceful: false })
  const pool = new pg.Pool({ connectionString: created.url, max: 1 })
  await postgresStore(pool).migrate()
  await pool.query('CREATE TABLE application (kind text, key text, event_id text)')
  await pool.end()
  return new URL(created.url).pathname.slice(1)
}

let copies = 0

async function copy(server: PostgresServer, template: string): Promise<RawDatabase> {
  copies += 1
  const name = `${template}_${copies}`
  const url = new URL(server.url)
  await run(server, `CREATE DATABASE ${name} TEMPLATE ${template}`)
  url.pathname = `/${name}`
  const database = readPostgres({
    url: url.href,
    drop: () => run(server, `DROP DATABASE ${name} WITH (FORCE)`),
  })
  return {
    ...database,
    async describe(eventId) {
      const sql =
        "SELECT * FROM pgboss.job WHERE data->>'eventId' = $1 ORDER BY created_on"
      const { rows } = await database.query(sql, [eventId])
      return { event: await database.describe(eventId), jobs: rows }
    },
    async passTime() {
      await database.query(`UPDATE pgboss.job SET
        started_on = started_on - interval '1 hour',
        heartbeat_on = heartbeat_on - interval '1 hour',
        start_after = LEAST(start_after, now())
        WHERE state IN ('created', 'retry', 'active')`)
    },
  }
}

async function run({ url }: PostgresServer, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(sql).finally(() => client.end())
}
