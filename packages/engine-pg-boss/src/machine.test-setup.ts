// Machines that receive and work on one database: real PostgreSQL, real pg-boss.
import { createHmac } from 'node:crypto'
import {
  type AsyncTransaction,
  type Billing,
  type BillingOptions,
  createBilling,
  type EventRecord,
} from '@countersign/core'
import { type PostgresTransaction, postgresStore } from '@countersign/store-postgres'
import { openTestDatabase } from 'countersign-postgres-server'
import pg from 'pg'
import { PgBoss } from 'pg-boss'
import { type PgBossEngine, type PgBossEngineOptions, pgBossEngine } from './index.ts'

type Tx = AsyncTransaction<PostgresTransaction>

const SECRET = 'whsec_test'

interface Machine {
  readonly billing: Billing<Tx>
  readonly engine: PgBossEngine
  /** Delivers an event as Stripe does, and gives the status of the answer. */
  readonly receive: (id: string, objectId?: string) => Promise<number>
  /** Ends its pool and its pg-boss as they are, whatever runs. */
  readonly end: () => Promise<void>
}

interface JobRow {
  readonly name: string
  readonly state: string
  readonly retry_count: number
  readonly retry_limit: number
  readonly data: unknown
}

/** A test that has a database of its own. Such tests mostly wait, so they may run beside each other. */
export function inWorld(test: (world: World) => Promise<void>): () => Promise<void> {
  return async () => {
    const world = await openWorld()
    try {
      await test(world)
    } finally {
      await world.close()
    }
  }
}

/** A database with an application's table `grants`, and what a raw reader sees in it. */
async function openWorld() {
  const database = await openTestDatabase()
  const machines: Machine[] = []
  const reader = new pg.Pool({ connectionString: database.url, max: 2 })
  await reader.query('CREATE TABLE grants (event_id text)')
  const migrating = new pg.Pool({ connectionString: database.url, max: 1 })
  await postgresStore(migrating).migrate()
  await migrating.end()

  /** A machine whose handler, unless another is given, grants once for each event. */
  async function machine(
    options: Partial<BillingOptions<Tx>> & {
      readonly engine?: PgBossEngineOptions
      readonly fault?: (phase: 'enqueued') => void
    } = {},
  ): Promise<Machine> {
    const { engine: engineOptions = {}, fault, ...billingOptions } = options
    const pool = new pg.Pool({ connectionString: database.url, max: 3 })
    const boss = new PgBoss({
      connectionString: database.url,
      max: 3,
      superviseIntervalSeconds: 1,
      monitorIntervalSeconds: 1,
    })
    pool.on('error', () => {})
    boss.on('error', () => {})
    await boss.start()
    const engine = pgBossEngine(boss, {
      ...engineOptions,
      queue: { retryDelay: 1, retryBackoff: false, ...engineOptions.queue },
      work: { pollingIntervalSeconds: 0.5, ...engineOptions.work },
    })
    const store = postgresStore(pool, {
      onDue: async (tx, events) => {
        await engine.onDue(tx, events)
        fault?.('enqueued')
      },
    })
    const billing = createBilling<Tx>({
      mode: 'test',
      processing: 'durable',
      webhookSecrets: [SECRET],
      store,
      onEvent: ({ id }, { transaction }) => transaction((tx) => grant(tx, id)),
      ...billingOptions,
    })
    const receive = async (id: string, objectId: string = id) => {
      const body = bodyOf(id, objectId, billing.mode === 'live')
      const timestamp = Math.floor(Date.now() / 1_000)
      const v1 = createHmac('sha256', SECRET).update(`${timestamp}.${body}`).digest('hex')
      const { status } = await billing.webhooks.receive({
        method: 'POST',
        header: (name) =>
          name === 'stripe-signature' ? `t=${timestamp},v1=${v1}` : undefined,
        readBody: async () => new TextEncoder().encode(body),
      })
      return status
    }
    const end = async () => {
      await engine.stop({ graceMs: 0 })
      await boss.stop({ graceful: false })
      await pool.end()
    }
    const made = { billing, engine, receive, end }
    machines.push(made)
    return made
  }

  return {
    machine,
    /** The ids that were granted, in the order in which they were. */
    async grants(): Promise<readonly string[]> {
      const { rows } = await reader.query('SELECT event_id FROM grants ORDER BY ctid')
      return rows.map(({ event_id }) => event_id)
    },
    async jobs(queue = 'countersign-test'): Promise<readonly JobRow[]> {
      const { rows } = await reader.query(
        'SELECT name, state, retry_count, retry_limit, data FROM pgboss.job WHERE name = $1 ORDER BY created_on',
        [queue],
      )
      return rows
    },
    async events(): Promise<readonly EventRecord[]> {
      const { store } = (machines[0] ?? (await machine())).billing
      return (await store.recovery.list({ livemode: false }, { limit: 1_000 })).events
    },
    query: (text: string, values?: unknown[]) => reader.query(text, values),
    async close() {
      await Promise.all(machines.map(({ end }) => end()))
      await reader.end()
      await database.drop()
    },
  }
}

export type World = Awaited<ReturnType<typeof openWorld>>

export async function grant(tx: PostgresTransaction, id: string): Promise<void> {
  await tx.query('INSERT INTO grants (event_id) VALUES ($1)', [id])
}

export const keyOf = (eventId: string) => ({ livemode: false, account: '', eventId })

function bodyOf(id: string, objectId: string, livemode: boolean): string {
  return JSON.stringify({
    id,
    object: 'event',
    api_version: '2026-10-28.endive',
    created: 1_795_507_200,
    data: { object: { id: objectId, object: 'invoice' } },
    livemode,
    pending_webhooks: 1,
    request: null,
    type: 'invoice.paid',
  })
}
