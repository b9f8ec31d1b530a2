import process from 'node:process'
import { startPostgres } from './start-postgres.ts'
import { createTestDatabase, type TestDatabase } from './test-database.ts'

/**
 * Creates a database on the server that the test run shares. Where no test run has started
 * one, a server of its own is started, and stopped by `drop`.
 */
export async function openTestDatabase(): Promise<TestDatabase> {
  const shared = process.env.COUNTERSIGN_TEST_POSTGRES
  if (shared !== undefined) return createTestDatabase(shared)
  const server = await startPostgres()
  try {
    const { url, drop } = await server.createDatabase()
    return { url, drop: () => drop().finally(server.stop) }
  } catch (error) {
    await server.stop()
    throw error
  }
}
