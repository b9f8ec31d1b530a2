import { stat } from 'node:fs/promises'
import type { PostgresServer } from 'countersign-postgres-server'
import pg from 'pg'
import type { RawDatabase } from './raw-state.ts'

const NAME = 'crash_small'

/** Whose files those of a server are. */
export async function ownerOf(
  server: PostgresServer,
): Promise<{ readonly uid: number; readonly gid: number }> {
  const [row] = await query(server, 'SHOW data_directory')
  return stat(String(row?.data_directory))
}

/** Nobody may be connected to the database. */
export async function moveToTablespace(
  server: PostgresServer,
  { address }: RawDatabase,
  folder: string,
): Promise<void> {
  const name = new URL(address).pathname.slice(1)
  await query(server, `CREATE TABLESPACE ${NAME} LOCATION '${folder}'`)
  await query(
    server,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`,
  )
  await query(server, `ALTER DATABASE ${name} SET TABLESPACE ${NAME}`)
}

/** Once no database is in it. */
export async function dropTablespace(server: PostgresServer): Promise<void> {
  await query(server, `DROP TABLESPACE IF EXISTS ${NAME}`)
}

async function query(
  { url }: PostgresServer,
  sql: string,
): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}
