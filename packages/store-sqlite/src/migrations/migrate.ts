import type { DatabaseSync } from 'node:sqlite'
import { BillingError } from '@countersign/core'
import { prepare } from '../schema/prepare.ts'
import type { TableNames } from '../schema/table-names.ts'
import { waitOutBusy } from '../schema/wait-out-busy.ts'
import { MIGRATIONS, statementsOf } from './migration-sql.ts'

const LATEST = MIGRATIONS.length

/**
 * Runs the migrations that are missing, in one transaction: several processes may do it
 * at once. Blocks for up to `busyTimeoutMs` while another connection writes.
 *
 * @throws BillingError `schema_mismatch` when the database is of a newer version.
 */
export function migrate(
  db: DatabaseSync,
  tables: TableNames,
  busyTimeoutMs: number,
): void {
  if (readVersion(db, tables) === LATEST) return
  waitOutBusy(busyTimeoutMs, () => db.exec('BEGIN IMMEDIATE'))
  try {
    const version = readVersion(db, tables)
    for (const migration of MIGRATIONS.slice(version)) {
      for (const statement of statementsOf(migration, tables)) db.exec(statement)
    }
    db.exec('COMMIT')
  } catch (error) {
    rollBack(db)
    throw error
  }
}

/** @throws BillingError `schema_mismatch` unless the database is of this package's version. */
export function refuseOtherVersion(db: DatabaseSync, tables: TableNames): void {
  const version = readVersion(db, tables)
  if (version === LATEST) return
  throw new BillingError(
    'schema_mismatch',
    `The tables ${tables.prefix}* are of version ${version}, and this @countersign/store-sqlite needs version ${LATEST}. Run migrate() of the store, or the SQL files in the package's folder migrations, before it is used.`,
  )
}

/** @throws BillingError `schema_mismatch` when the database is of a newer version. */
export function refuseNewerVersion(db: DatabaseSync, tables: TableNames): void {
  readVersion(db, tables)
}

/** 0 when there are no tables. */
function readVersion(db: DatabaseSync, { migrations, prefix }: TableNames): number {
  const exists = prepare(
    db,
    `SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?`,
  ).get(migrations)
  if (exists === undefined) return 0
  const row = prepare(db, `SELECT max(version) AS version FROM ${migrations}`).get()
  const version = Number(row?.version ?? 0)
  if (version <= LATEST) return version
  throw new BillingError(
    'schema_mismatch',
    `The tables ${prefix}* are of version ${version}, which a newer @countersign/store-sqlite has made; this one knows versions up to ${LATEST}. Install the newer one, or give this one tables of its own with the option prefix.`,
  )
}

function rollBack(db: DatabaseSync): void {
  try {
    db.exec('ROLLBACK')
  } catch {
    // SQLite has rolled back by itself, as it does when the disk is full.
  }
}
