export type {
  PooledConnection,
  PostgresClient,
  PostgresConnection,
  PostgresPool,
  PostgresQuery,
  PostgresResult,
} from './connection/postgres-client.ts'
export type { DueEvent, OnDue } from './inbox/enqueue.ts'
export { migrationSql } from './migrations/migration-sql.ts'
export {
  type PostgresStore,
  type PostgresStoreOptions,
  postgresStore,
} from './postgres-store.ts'
export type { TableOptions } from './schema/table-names.ts'
export type {
  PostgresTransaction,
  TransactionQuery,
  TransactionResult,
} from './transaction/postgres-transaction.ts'
export type { ListenClient } from './watch/ear.ts'
