import type { Store, TransactionKind } from '@countersign/core'
import { pgBossEngine } from '@countersign/engine-pg-boss'
import { postgresStore } from '@countersign/store-postgres'
import { PgBoss } from 'pg-boss'
import type { Orders } from './messages.ts'
import { insertRow, openPool } from './open-postgres.ts'
import type { OpenedStore } from './opened-store.ts'
import type { Steps } from './steps.ts'
import { watchPostgres } from './watch-postgres.ts'

export async function openEngine(
  { database, role }: Orders,
  steps: Steps,
): Promise<OpenedStore> {
  watchPostgres(steps)
  const isWorking = role !== 'receiver'
  const boss = new PgBoss({
    connectionString: database,
    max: 4,
    migrate: false,
    schedule: false,
    supervise: isWorking,
    superviseIntervalSeconds: 1,
    monitorIntervalSeconds: 1,
  })
  boss.on('error', () => {})
  await boss.start()
  const engine = pgBossEngine(boss, {
    sweepMs: 1_000,
    queue: {
      retryLimit: 1_000,
      retryDelay: 1,
      retryBackoff: false,
      heartbeatSeconds: 10,
      expireInSeconds: 30,
    },
    work: { pollingIntervalSeconds: 0.5 },
  })
  const store = postgresStore(openPool(database), { onDue: engine.onDue })
  await store.migrate()
  return {
    store: store as unknown as Store<TransactionKind>,
    isAsync: true,
    writeRow: insertRow,
    startWorker: async (billing) => {
      if (isWorking) await engine.start(billing)
    },
  }
}
