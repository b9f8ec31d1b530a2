import { DEFAULT_PREFIX, type TableNames, tableNames } from '../schema/table-names.ts'
import { initial } from './0001-initial.ts'
import type { Migration } from './migration.ts'

/** In the order of their versions. */
export const MIGRATIONS: readonly Migration[] = [initial]

/** What brings a database from the version before to this one, and records that it did. */
export function statementsOf(
  { version, name, statements }: Migration,
  tables: TableNames,
): readonly string[] {
  return [
    ...statements(tables),
    `INSERT OR IGNORE INTO ${tables.migrations} (version, name, applied_at)
  VALUES (${version}, '${name}', unixepoch() * 1000)`,
  ]
}

/**
 * The schema as SQL, for a migration tool of your own: one text for each version, in
 * order. Running one twice changes nothing. `prefix` is as in `sqliteStore`
 * (`countersign_`); the package's folder `migrations` has these texts for that prefix.
 *
 * @throws BillingError `configuration_invalid` for a prefix that cannot begin a table's name.
 */
export function migrationSql({
  prefix = DEFAULT_PREFIX,
}: {
  readonly prefix?: string
} = {}): readonly string[] {
  const tables = tableNames(prefix)
  return MIGRATIONS.map(
    (migration) => `${statementsOf(migration, tables).join(';\n\n')};\n`,
  )
}
