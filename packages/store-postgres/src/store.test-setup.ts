import type { ClaimOptions, CommitMark, Delivery, Lease } from '@countersign/core'
import { openTestDatabase, type TestDatabase } from 'countersign-postgres-server'
import pg from 'pg'
import { afterAll, onTestFinished } from 'vitest'
import { type PostgresStore, type PostgresStoreOptions, postgresStore } from './index.ts'

let database: Promise<TestDatabase> | undefined
let places = 0

afterAll(async () => {
  const opened = await database
  await opened?.drop()
})

/** The address of an empty schema: all of a file are in one database, which takes longer to create. */
export async function createPlace(): Promise<string> {
  database ??= openTestDatabase()
  const { url } = await database
  places += 1
  const schema = `place_${places}`
  const client = new pg.Client(url)
  await client.connect()
  await client.query(`CREATE SCHEMA ${schema}`)
  await client.end()
  const place = new URL(url)
  place.searchParams.set('options', `-c search_path=${schema}`)
  return place.href
}

export function connect(url: string, options: pg.PoolConfig = {}): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, ...options })
  // Of a connection that nobody uses: tests cut those as well.
  pool.on('error', () => {})
  onTestFinished(() => pool.end())
  return pool
}

export interface OpenedStore {
  readonly url: string
  readonly pool: pg.Pool
  readonly store: PostgresStore
  /** What is in the database, by a connection of its own. */
  readonly rowsOf: (sql: string) => Promise<unknown[]>
}

/** A store in a schema of its own, beside a table of an application. */
export async function openStore(
  options?: PostgresStoreOptions,
  poolOptions?: pg.PoolConfig,
): Promise<OpenedStore> {
  const url = await createPlace()
  const pool = connect(url, poolOptions)
  const store = postgresStore(pool, options)
  await store.migrate()
  const reader = connect(url, { max: 1 })
  await reader.query('CREATE TABLE application (value text PRIMARY KEY)')
  return { url, pool, store, rowsOf: (sql) => rowsOf(reader, sql) }
}

export async function rowsOf(pool: pg.Pool, sql: string): Promise<unknown[]> {
  const { rows } = await pool.query<unknown[]>({ text: sql, rowMode: 'array' })
  return rows.map((values) => (values.length === 1 ? values[0] : values))
}

export const at = (now: number): ClaimOptions => ({ now, leaseMs: 1_000 })

export const done: CommitMark = { now: 1, handler: 'on', state: 'processed' }

export function deliveryOf(eventId: string, changes: Partial<Delivery> = {}): Delivery {
  return {
    key: { livemode: false, account: '', eventId },
    type: 'invoice.paid',
    objectId: '',
    endpoint: undefined,
    created: 1,
    body: new TextEncoder().encode(`{"id":"${eventId}"}`),
    ...changes,
  }
}

export async function claim(store: PostgresStore, eventId: string): Promise<Lease> {
  const result = await store.claim(deliveryOf(eventId), at(0))
  if (result.status !== 'claimed') throw new Error(`${eventId} is ${result.status}.`)
  return result.lease
}

/** Leases of events `evt_0`, `evt_1`, … */
export function claimMany(store: PostgresStore, count: number): Promise<Lease[]> {
  return Promise.all(
    Array.from({ length: count }, (_, number) => claim(store, `evt_${number}`)),
  )
}

/** Counts what the pool sends to the server from now on. */
export function countQueries(pool: pg.Pool): () => readonly string[] {
  const texts: string[] = []
  const patched = new WeakSet<object>()
  pool.on('acquire', (client) => {
    if (patched.has(client)) return
    patched.add(client)
    const { query } = client
    client.query = (...args: unknown[]) => {
      const [config] = args as [string | { text: string }]
      texts.push(typeof config === 'string' ? config : config.text)
      return Reflect.apply(query, client, args)
    }
  })
  return () => texts
}
