import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { SyncTransaction } from '@countersign/core'
import { type SqliteTransaction, sqliteStore } from '@countersign/store-sqlite'
import type { StoreSubject } from '../subject.ts'
import { rawQueries, toRawState } from './raw-tables.ts'

let template: Promise<string> | undefined

/** A folder with a database that is migrated and empty: to copy it takes a tenth of the time. */
async function createTemplate(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-store-'))
  const location = join(folder, 'billing.db')
  await sqliteStore(location).close()
  const database = new DatabaseSync(location)
  database.exec('CREATE TABLE application (value TEXT NOT NULL)')
  database.close()
  return folder
}

export const subject: StoreSubject<SyncTransaction<SqliteTransaction>> = {
  name: 'sqlite',
  transactions: 'sync',
  without: ['connections'],
  module: import.meta.url,
  async create() {
    template ??= createTemplate()
    const folder = await mkdtemp(join(tmpdir(), 'countersign-store-'))
    const location = join(folder, 'billing.db')
    await copyFile(join(await template, 'billing.db'), location)
    return { location, remove: () => rm(folder, { recursive: true }) }
  },
  async open(location) {
    const store = sqliteStore(location)
    return { store, close: () => store.close() }
  },
  insertRow(tx, value) {
    tx.prepare('INSERT INTO application (value) VALUES (?)').run(value)
  },
  async openReader(location) {
    const database = new DatabaseSync(location, { readOnly: true, timeout: 2_000 })
    const queries = rawQueries('countersign_')
    return {
      async read() {
        return toRawState(queries.map((sql) => database.prepare(sql).all()))
      },
      async close() {
        database.close()
      },
    }
  },
  async end() {
    const folder = await template
    template = undefined
    if (folder !== undefined) await rm(folder, { recursive: true })
  },
}
