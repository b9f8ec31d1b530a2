export { migrationSql } from './migrations/migration-sql.ts'
export {
  type SqliteStore,
  type SqliteStoreOptions,
  sqliteStore,
} from './sqlite-store.ts'
export type {
  SqliteParameters,
  SqliteRow,
  SqliteStatement,
} from './transaction/guard-statement.ts'
export type { SqliteTransaction } from './transaction/open-transaction.ts'
