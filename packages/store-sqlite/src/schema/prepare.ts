import type { DatabaseSync, StatementSync } from 'node:sqlite'

/** Prepares a statement of ours, whose rows do not depend on how the application's database was opened. */
export function prepare(db: DatabaseSync, sql: string): StatementSync {
  const statement = db.prepare(sql)
  statement.setReadBigInts(false)
  // Node before 22.16 has no such setting.
  statement.setReturnArrays?.(false)
  return statement
}
