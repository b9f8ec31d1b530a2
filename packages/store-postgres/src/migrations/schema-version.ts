import { BillingError } from '@countersign/core'
import { sqlStateOf } from '../connection/postgres-error.ts'
import type { Session } from '../connection/session.ts'
import type { TableNames } from '../schema/table-names.ts'
import { MIGRATIONS } from './migration-sql.ts'

const LATEST = MIGRATIONS.length

/** @throws BillingError `schema_mismatch` unless the tables are of this package's version. */
export async function refuseOtherVersion(
  session: Session,
  tables: TableNames,
): Promise<void> {
  const version = await readVersion(session, tables)
  if (version === LATEST) return
  throw new BillingError(
    'schema_mismatch',
    `The tables ${tables.prefix}* are of version ${version}, and this @countersign/store-postgres needs version ${LATEST}. Run migrate() of the store, or the SQL files in the package's folder migrations, before it is used.`,
  )
}

/**
 * 0 when there are no tables.
 *
 * @throws BillingError `schema_mismatch` when they are of a newer version.
 */
export async function readVersion(
  session: Session,
  { migrations, prefix }: TableNames,
): Promise<number> {
  const text = `SELECT max(version)::text AS version FROM ${migrations}`
  try {
    const [row] = await session.runOnce(text, [])
    const version = Number(row?.version ?? 0)
    if (version <= LATEST) return version
    throw new BillingError(
      'schema_mismatch',
      `The tables ${prefix}* are of version ${version}, which a newer @countersign/store-postgres has made; this one knows versions up to ${LATEST}. Install the newer one, or give this one tables of its own with the option prefix.`,
    )
  } catch (error) {
    const code = sqlStateOf(error)
    // No such table, no such schema.
    if (code === '42P01' || code === '3F000') return 0
    throw error
  }
}
