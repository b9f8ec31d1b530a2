export { openTestDatabase } from './open-test-database.ts'
export {
  type PostgresServer,
  type StartOptions,
  startPostgres,
} from './start-postgres.ts'
export type { TestDatabase } from './test-database.ts'
