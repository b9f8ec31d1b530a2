import type { Store, TransactionKind } from '@countersign/core'
import { type PostgresTransaction, postgresStore } from '@countersign/store-postgres'
import pg from 'pg'
import type { Orders } from './messages.ts'
import type { OpenedStore } from './opened-store.ts'
import type { Steps } from './steps.ts'
import { watchPostgres } from './watch-postgres.ts'

export async function openPostgres(
  { database }: Orders,
  steps: Steps,
): Promise<OpenedStore> {
  watchPostgres(steps)
  const pool = openPool(database)
  const store = postgresStore(pool)
  await store.migrate()
  return {
    store: store as unknown as Store<TransactionKind>,
    isAsync: true,
    writeRow: insertRow,
    startWorker: async ({ worker }) => worker.start(),
  }
}

export function openPool(database: string): pg.Pool {
  const pool = new pg.Pool({ connectionString: database, max: 5 })
  // What goes wrong with a connection that nobody uses is told to whoever asks for it next.
  pool.on('error', () => {})
  return pool
}

export function insertRow(
  tx: unknown,
  group: string,
  key: string,
  eventId: string,
): Promise<unknown> {
  return (tx as PostgresTransaction).query(
    'INSERT INTO application (kind, key, event_id) VALUES ($1, $2, $3)',
    [group, key, eventId],
  )
}
