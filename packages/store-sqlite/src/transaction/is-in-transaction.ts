import type { DatabaseSync } from 'node:sqlite'

/** For after an error: `DatabaseSync.isTransaction` does not exist before Node 22.16. */
export function isInTransaction(db: DatabaseSync): boolean {
  try {
    db.exec('BEGIN')
  } catch {
    return true
  }
  db.exec('ROLLBACK')
  return false
}
