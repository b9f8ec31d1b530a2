import { DatabaseSync } from 'node:sqlite'
import { prepare } from './prepare.ts'
import { waitOutBusy } from './wait-out-busy.ts'

export interface OpenDatabase {
  readonly db: DatabaseSync
  /** The database's file as an absolute path, or `undefined` when it is in memory. */
  readonly file: string | undefined
  /** Whether the store opened it, and so sets it up and closes it. */
  readonly isOwn: boolean
}

/**
 * Opens a database in WAL mode, or takes one that the application has opened as it is.
 * Blocks for up to `busyTimeoutMs` while others open it too.
 */
export function openDatabase(
  source: string | DatabaseSync,
  busyTimeoutMs: number,
): OpenDatabase {
  if (typeof source !== 'string')
    return { db: source, file: fileOf(source), isOwn: false }
  const db = new DatabaseSync(source)
  try {
    waitOutBusy(busyTimeoutMs, () => db.exec('PRAGMA journal_mode = WAL'))
    // Commits are taken to the disk by WalSync, off the event loop.
    db.exec('PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16000')
    return { db, file: fileOf(db), isOwn: true }
  } catch (error) {
    db.close()
    throw error
  }
}

function fileOf(db: DatabaseSync): string | undefined {
  const main = prepare(db, 'PRAGMA database_list')
    .all()
    .find(({ name }) => name === 'main')
  return typeof main?.file === 'string' && main.file !== '' ? main.file : undefined
}
