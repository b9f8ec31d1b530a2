import type { AsyncTransaction } from '@countersign/core'
import { type PostgresTransaction, postgresStore } from '@countersign/store-postgres'
import { openTestDatabase } from 'countersign-postgres-server'
import { Client, Pool, type PoolConfig } from 'pg'
import { within } from '../../src/runner/within.ts'
import type { StoreSubject } from '../subject.ts'
import { rawQueries, toRawState } from './raw-tables.ts'

/** A location: a schema of a database. */
interface Place {
  readonly url: string
  readonly schema: string
}

/** What all storages share. */
interface Shared {
  readonly url: string
  readonly admin: Client
  readonly drop: () => Promise<void>
}

/** How long connections may take to end, in milliseconds. */
const END_MS = 2_000

let shared: Promise<Shared> | undefined
let count = 0
/** Storages that nobody uses any more, and that are empty: to make one takes longer than all else. */
const free: string[] = []
/** By location, what nobody uses at the moment: to connect costs more than most statements. */
const idlePools = new Map<string, Pool[]>()
const readers = new Map<string, Promise<Client>>()

async function openShared(): Promise<Shared> {
  const { url, drop } = await openTestDatabase()
  const admin = new Client({ connectionString: url, statement_timeout: 2_000 })
  await admin.connect()
  return { url, admin, drop }
}

function configOf(location: string, name: string): PoolConfig {
  const { url, schema } = JSON.parse(location) as Place
  return {
    connectionString: url,
    options: `-c search_path=${schema}`,
    application_name: `${name} ${schema}`,
    max: 5,
  }
}

function takePool(location: string): Pool {
  const known = idlePools.get(location)?.pop()
  if (known !== undefined) return known
  const pool = new Pool(configOf(location, 'store'))
  // What goes wrong with a connection that nobody uses is told to whoever asks for it next.
  pool.on('error', () => {})
  return pool
}

function givePoolBack(location: string, pool: Pool): void {
  idlePools.set(location, [...(idlePools.get(location) ?? []), pool])
}

async function connectReader(location: string): Promise<Client> {
  const client = new Client(configOf(location, 'reader'))
  await client.connect()
  return client
}

async function createSchema({ url, admin }: Shared): Promise<string> {
  count += 1
  const place: Place = { url, schema: `store_${count}` }
  const location = JSON.stringify(place)
  await admin.query(`CREATE SCHEMA ${place.schema}`)
  await admin.query(`CREATE TABLE ${place.schema}.application (value text NOT NULL)`)
  const pool = takePool(location)
  await postgresStore(pool).migrate()
  givePoolBack(location, pool)
  return location
}

/** Deletes every row but those that say which migrations have run. */
async function empty(location: string, { admin }: Shared): Promise<void> {
  const { schema } = JSON.parse(location) as Place
  await admin.query(`DO $$ DECLARE name text; BEGIN
    FOR name IN SELECT tablename FROM pg_tables
      WHERE schemaname = '${schema}' AND tablename NOT LIKE '%migrations' LOOP
      EXECUTE format('DELETE FROM ${schema}.%I', name);
    END LOOP; END $$`)
}

export const subject: StoreSubject<AsyncTransaction<PostgresTransaction>> = {
  name: 'postgres',
  transactions: 'async',
  module: import.meta.url,
  async create() {
    shared ??= openShared()
    const opened = await shared
    const location = free.pop() ?? (await createSchema(opened))
    return {
      location,
      // What a store still holds a lock on cannot be emptied, and is used no more.
      remove: () =>
        empty(location, opened).then(
          () => void free.push(location),
          () => {},
        ),
    }
  },
  async open(location) {
    const pool = takePool(location)
    return { store: postgresStore(pool), close: async () => givePoolBack(location, pool) }
  },
  insertRow: (tx, value) =>
    tx.query('INSERT INTO application (value) VALUES ($1)', [value]),
  async openReader(location) {
    const sql = rawQueries('countersign_').join(';')
    let last: Promise<unknown> = Promise.resolve()
    return {
      async read() {
        const connected = readers.get(location) ?? connectReader(location)
        readers.set(location, connected)
        // One query after another. Several statements give several results, which the types do not know of.
        const results = last
          .catch(() => {})
          .then(async () => (await connected).query(sql)) as Promise<unknown>
        last = results
        return toRawState(((await results) as { rows: [] }[]).map(({ rows }) => rows))
      },
      close: async () => {},
    }
  },
  async cutConnections(location) {
    const { schema } = JSON.parse(location) as Place
    const opened = await shared
    await opened?.admin.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE datname = current_database() AND application_name = $1`,
      [`store ${schema}`],
    )
  },
  async end() {
    const opened = await shared
    shared = undefined
    free.length = 0
    const pools = [...idlePools.values()].flat().map((pool) => pool.end())
    const clients = [...readers.values()].map(async (reader) => (await reader).end())
    idlePools.clear()
    readers.clear()
    // A store that hangs still has a connection: the database is removed all the same.
    await within(END_MS, Promise.allSettled([...pools, ...clients])).catch(() => {})
    await opened?.admin.end()
    await opened?.drop()
  },
}
