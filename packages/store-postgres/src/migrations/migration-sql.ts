import { type TableNames, type TableOptions, tableNames } from '../schema/table-names.ts'
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
    `INSERT INTO ${tables.migrations} (version, name, applied_at)
  VALUES (${version}, '${name}', floor(extract(epoch FROM now()) * 1000))
  ON CONFLICT DO NOTHING`,
  ]
}

/**
 * The schema as SQL, for a migration tool of your own: one text for each version, in
 * order. Running one twice changes nothing. The options are as in `postgresStore`; the
 * package's folder `migrations` has these texts for the defaults.
 *
 * @throws BillingError `configuration_invalid` for a schema or a prefix that cannot be part of a name in SQL.
 */
export function migrationSql(options: TableOptions = {}): readonly string[] {
  const tables = tableNames(options)
  return MIGRATIONS.map(
    (migration) => `${statementsOf(migration, tables).join(';\n\n')};\n`,
  )
}
