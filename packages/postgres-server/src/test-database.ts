import { randomBytes } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
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
    drop: () => drop(serverUrl, name),
  }
}

/** How often connections are looked for, 10 ms apart. */
const LOOKS = 100

/**
 * Connections that are being closed get a moment: one that the server ends under a client
 * is an error which nobody expects any more.
 */
async function drop(serverUrl: string, name: string): Promise<void> {
  await withClient(serverUrl, async (client) => {
    for (let look = 0; look < LOOKS; look++) {
      const sql = 'SELECT 1 FROM pg_stat_activity WHERE datname = $1 LIMIT 1'
      if ((await client.query(sql, [name])).rowCount === 0) break
      await setTimeout(10)
    }
    await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
  })
}

async function execute(url: string, sql: string): Promise<void> {
  await withClient(url, (client) => client.query(sql))
}

async function withClient(
  url: string,
  use: (client: Client) => Promise<unknown>,
): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  await client.connect()
  try {
    await use(client)
  } finally {
    await client.end()
  }
}
