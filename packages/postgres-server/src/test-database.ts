import { randomBytes } from 'node:crypto'
import { Client } from 'pg'

/** An empty database that nobody else uses. */
export interface TestDatabase {
  /** `postgres://user:password@host:port/name`. */
  readonly url: string
  /** Removes it, and ends the connections that are still open to it. */
  readonly drop: () => Promise<void>
}

/** @param serverUrl Any database of the server, with a user who may create others. */
export async function createTestDatabase(serverUrl: string): Promise<TestDatabase> {
  const name = `countersign_${randomBytes(8).toString('hex')}`
  // Nobody can be connected to template0, which would make the copy fail.
  await execute(serverUrl, `CREATE DATABASE ${name} TEMPLATE template0`)
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  return {
    url: url.href,
    drop: () => execute(serverUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  }
}

async function execute(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
