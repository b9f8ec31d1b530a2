import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { CommitMark, Delivery, Lease } from '@countersign/core'
import { onTestFinished } from 'vitest'
import { type SqliteStore, type SqliteStoreOptions, sqliteStore } from './index.ts'

/** The path of a database that is not there yet, in a folder that goes with the test. */
export function createPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-sqlite-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'billing.db')
}

export function openStore(
  source: string | DatabaseSync = createPath(),
  options?: SqliteStoreOptions,
): SqliteStore {
  const store = sqliteStore(source, options)
  onTestFinished(() => store.close())
  return store
}

/** A connection of the application's own. */
export function connect(path: string): DatabaseSync {
  const db = new DatabaseSync(path)
  onTestFinished(() => {
    try {
      db.close()
    } catch {
      // The test has closed it.
    }
  })
  return db
}

/** A store on a connection of the application's, and that connection in WAL mode. */
export function openOwned(options?: SqliteStoreOptions): {
  readonly db: DatabaseSync
  readonly path: string
  readonly store: SqliteStore
} {
  const path = createPath()
  const db = connect(path)
  db.exec('PRAGMA journal_mode = WAL')
  return { db, path, store: openStore(db, options) }
}

export const at = (now: number) => ({ now, leaseMs: 1_000 })

export const done: CommitMark = { now: 1, handler: 'on', state: 'processed' }

export function deliveryOf(eventId: string, changes: Partial<Delivery> = {}): Delivery {
  return {
    key: { livemode: false, account: '', eventId },
    type: 'invoice.paid',
    objectId: '',
    endpoint: undefined,
    created: 1,
    body: new TextEncoder().encode(`{"id":"${eventId}"}`),
    ...changes,
  }
}

export async function claim(store: SqliteStore, eventId: string): Promise<Lease> {
  const result = await store.claim(deliveryOf(eventId), at(0))
  if (result.status !== 'claimed') throw new Error(`${eventId} is ${result.status}.`)
  return result.lease
}

/** What is in the database, by a connection of its own. */
export function rowsOf(path: string, sql: string): unknown[] {
  const db = new DatabaseSync(path)
  try {
    return db
      .prepare(sql)
      .all()
      .map((row) => Object.values(row))
      .map((values) => (values.length === 1 ? values[0] : values))
  } finally {
    db.close()
  }
}
