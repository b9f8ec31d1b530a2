import type { Database } from '../connection/database.ts'
import type { Session } from '../connection/session.ts'
import { MIGRATIONS, statementsOf } from './migration-sql.ts'
import { readVersion } from './schema-version.ts'

/** Any number, as long as nothing else of the application takes this lock. */
const LOCK = 7_204_618_325

/**
 * Runs the migrations that are missing, in one transaction: several processes may do it
 * at once.
 *
 * @throws BillingError `schema_mismatch` when the tables are of a newer version.
 */
export async function migrate(database: Database): Promise<void> {
  const { tables } = database
  await database.lendAnyVersion(async (session) => {
    const from = await readVersion(session, tables)
    if (from === MIGRATIONS.length) return
    try {
      await session.command(`BEGIN; SELECT pg_advisory_xact_lock(${LOCK})`)
      if (tables.schema !== undefined) await createSchema(session, tables.schema)
      // Those that another process has run meanwhile change nothing.
      for (const migration of MIGRATIONS.slice(from)) {
        await session.command(statementsOf(migration, tables).join(';\n'))
      }
      await session.command('COMMIT')
    } catch (error) {
      await session.rollBack()
      throw error
    }
  })
}

/** Not with IF NOT EXISTS alone: that asks for the right to create one, even when there is nothing to create. */
async function createSchema(session: Session, schema: string): Promise<void> {
  const rows = await session.runOnce('SELECT FROM pg_namespace WHERE nspname = $1', [
    schema,
  ])
  if (rows.length === 0) await session.command(`CREATE SCHEMA IF NOT EXISTS "${schema}"`)
}
