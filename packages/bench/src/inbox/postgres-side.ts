import { startPostgres } from 'countersign-postgres-server'
import pg from 'pg'

/** A database of its own on a server of its own, as durable as PostgreSQL's defaults. */
export interface PostgresSide {
  readonly url: string
  readonly pool: pg.Pool
  readonly close: () => Promise<void>
}

export async function openPostgres(): Promise<PostgresSide> {
  const server = await startPostgres({ settings: { max_connections: 200 } })
  const { url, drop } = await server.createDatabase()
  const pool = new pg.Pool({ connectionString: url, max: 10 })
  return {
    url,
    pool,
    async close() {
      await pool.end()
      await drop()
      await server.stop()
    },
  }
}
