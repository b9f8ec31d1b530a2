import { DatabaseSync } from 'node:sqlite'
import type { Store, TransactionKind } from '@countersign/core'
import { type SqliteTransaction, sqliteStore } from '@countersign/store-sqlite'
import type { Orders } from './messages.ts'
import type { OpenedStore } from './opened-store.ts'
import type { Steps } from './steps.ts'
import { watchSqlite } from './watch-sqlite.ts'

export async function openSqlite(
  { database }: Orders,
  steps: Steps,
): Promise<OpenedStore> {
  watchSqlite(steps)
  const handles = collectHandles()
  const store = sqliteStore(database)
  return {
    store: store as unknown as Store<TransactionKind>,
    isAsync: false,
    writeRow: (tx, group, key, eventId) =>
      (tx as SqliteTransaction)
        .prepare('INSERT INTO application (kind, key, event_id) VALUES (?, ?, ?)')
        .run(group, key, eventId),
    startWorker: async ({ worker }) => worker.start(),
    limitPages(pages) {
      for (const db of handles) db.exec(`PRAGMA max_page_count = ${pages}`)
    },
  }
}

/** A limit is one of the connection, and the store opens its own. */
function collectHandles(): ReadonlySet<DatabaseSync> {
  const handles = new Set<DatabaseSync>()
  const { exec } = DatabaseSync.prototype
  DatabaseSync.prototype.exec = function (sql) {
    handles.add(this)
    exec.call(this, sql)
  }
  return handles
}
