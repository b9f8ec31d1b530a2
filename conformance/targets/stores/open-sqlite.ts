import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { SyncTransaction } from '@countersign/core'
import { type SqliteTransaction, sqliteStore } from '@countersign/store-sqlite'
import type { Recorded } from '../../src/target.ts'
import type { Backing } from './backing.ts'

/** A database in a file of this folder, where effects are rows of the application. */
export function openSqlite(folder: string): Backing<SyncTransaction<SqliteTransaction>> {
  const file = join(folder, 'billing.db')
  const store = sqliteStore(file)
  const db = new DatabaseSync(file, { timeout: 5_000 })
  db.exec(
    'CREATE TABLE IF NOT EXISTS recorded (id INTEGER PRIMARY KEY, key TEXT, entry TEXT)',
  )
  const entriesOf = db.prepare('SELECT entry FROM recorded WHERE key = ? ORDER BY id')
  return {
    store,
    effects: {
      of: (key) =>
        entriesOf.all(key).map(({ entry }): Recorded => JSON.parse(String(entry))),
      commit: (context, { businessKey, key, entry, act }) =>
        context.transaction((tx) => {
          if (!context.effect(businessKey)) return
          act()
          tx.prepare('INSERT INTO recorded (key, entry) VALUES (?, ?)').run(
            key,
            JSON.stringify(entry),
          )
        }),
    },
    async close() {
      await store.close()
      db.close()
    },
  }
}
