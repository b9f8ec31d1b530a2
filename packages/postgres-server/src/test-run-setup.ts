import process from 'node:process'
import { startPostgres } from './start-postgres.ts'

/** Starts the PostgreSQL that all test files of a run share, each with databases of its own. */
export async function setup(): Promise<() => Promise<void>> {
  const server = await startPostgres({ settings: { max_connections: 200 } })
  // The processes of the tests, and those that they start, inherit it.
  process.env.COUNTERSIGN_TEST_POSTGRES = server.url
  return server.stop
}
