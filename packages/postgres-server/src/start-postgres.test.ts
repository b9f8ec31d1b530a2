import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openTestDatabase, startPostgres } from './index.ts'

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

/** A connection that may be cut: `cut` resolves when it is. */
async function connect(url: string): Promise<{ client: Client; cut: Promise<void> }> {
  const client = new Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  return { client, cut: new Promise<void>((resolve) => client.once('end', resolve)) }
}

/** Nobody waits for a server that ends with its process: it is gone soon after, by itself. */
async function waitUntilEmpty(folder: string): Promise<void> {
  for (let tries = 0; tries < 150; tries++) {
    if ((await readdir(folder)).length === 0) return
    await sleep(100)
  }
  throw new Error(`${await readdir(folder)} was left behind`)
}

describe('a server of its own', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'postgres-test-'))
    // As /tmp is: whom the server runs as may remove what is its own.
    await chmod(folder, 0o1777)
    vi.stubEnv('TMPDIR', folder)
  })
  afterEach(async () => {
    vi.unstubAllEnvs()
    await rm(folder, { recursive: true })
  })

  it('starts beside another, and leaves no process and no folder', async () => {
    const settings = { max_connections: 7 }
    const servers = await Promise.all([
      startPostgres({ ownServer: true, settings }),
      startPostgres({ ownServer: true }),
    ])
    const [{ url }, other] = servers
    expect(await query(url, 'SHOW max_connections')).toEqual([{ max_connections: '7' }])
    expect(await query(url, 'SHOW fsync')).toEqual([{ fsync: 'on' }])

    await servers[0].stop()
    await expect(query(url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED')
    expect(await query(other.url, 'SELECT 1 AS up')).toEqual([{ up: 1 }])
    await other.stop()
    await other.stop()
    await expect(query(other.url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED')
    expect(await readdir(folder)).toEqual([])
  })

  it('keeps what was committed, and nothing else, when it is killed and restarted', async () => {
    const server = await startPostgres({ ownServer: true })
    const { url } = await server.createDatabase()
    await query(url, 'CREATE TABLE event (id int)')
    for (const [id, signal] of [
      [1, 'SIGKILL'],
      [2, 'SIGQUIT'],
    ] as const) {
      const { client, cut } = await connect(url)
      await client.query(`INSERT INTO event VALUES (${id})`)
      await client.query('BEGIN')
      await client.query(`INSERT INTO event VALUES (${-id})`)
      await server.kill(signal)
      await cut
      await expect(query(url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED')
      await server.restart()
    }
    expect(await query(url, 'SELECT id FROM event ORDER BY id')).toEqual([
      { id: 1 },
      { id: 2 },
    ])
    await server.restart()
    expect(await query(url, 'SELECT count(*)::int FROM event')).toEqual([{ count: 2 }])
    await server.kill()
    await server.stop()
    expect(await readdir(folder)).toEqual([])
  })

  it('ends with its process, however that ends', async () => {
    const index = new URL('index.ts', import.meta.url)
    const program = `
      const { startPostgres } = await import(${JSON.stringify(index.href)})
      const server = await startPostgres({ ownServer: true })
      console.log(server.url)
      process.stdin.resume().on('end', () => process.exit())
    `
    const parent = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const [url] = (await once(createInterface(parent.stdout), 'line')) as [string]
    expect(await query(url, 'SELECT 1 AS up')).toEqual([{ up: 1 }])
    parent.kill('SIGKILL')
    await waitUntilEmpty(folder)
    await expect(query(url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED')
  })

  it('that does not start says why and what to do, and leaves nothing behind', async () => {
    const start = startPostgres({ ownServer: true, settings: { speed: 'high' } })
    await expect(start).rejects.toThrow(
      /unrecognized configuration parameter "speed"[\s\S]*set DATABASE_URL=/,
    )
    expect(await readdir(folder)).toEqual([])
  })
})

describe('a server that runs already', () => {
  afterEach(() => vi.unstubAllEnvs())

  it('is the one that DATABASE_URL names, and is neither killed nor stopped', async () => {
    const running = await openTestDatabase()
    vi.stubEnv('DATABASE_URL', running.url)
    const server = await startPostgres()
    expect(server.url).toBe(running.url)
    await expect(server.kill()).rejects.toThrow(/DATABASE_URL .* `ownServer: true`/)
    await expect(server.restart()).rejects.toThrow('DATABASE_URL')
    const database = await server.createDatabase()
    await server.stop()
    expect(await query(database.url, 'SELECT 1 AS up')).toEqual([{ up: 1 }])
    await database.drop()
    await running.drop()
  })
})

describe('openTestDatabase', () => {
  it('opens databases that know nothing of each other', async () => {
    const [one, two] = await Promise.all([openTestDatabase(), openTestDatabase()])
    await query(one.url, 'CREATE TABLE event (id int)')
    await query(two.url, 'CREATE TABLE event (id int)')
    await query(one.url, 'INSERT INTO event VALUES (1)')
    expect(await query(two.url, 'SELECT * FROM event')).toEqual([])

    const { cut } = await connect(one.url)
    await one.drop()
    await cut
    await expect(query(one.url, 'SELECT 1')).rejects.toThrow('does not exist')
    await two.drop()
  })

  it('starts a server where no test run has, and stops it with the database', async () => {
    vi.stubEnv('COUNTERSIGN_TEST_POSTGRES', undefined)
    vi.stubEnv('DATABASE_URL', undefined)
    try {
      const database = await openTestDatabase()
      const [row] = await query(database.url, 'SHOW data_directory')
      const { data_directory } = row as { data_directory: string }
      await database.drop()
      await expect(readdir(dirname(data_directory))).rejects.toThrow('ENOENT')
    } finally {
      vi.unstubAllEnvs()
    }
  })
})
