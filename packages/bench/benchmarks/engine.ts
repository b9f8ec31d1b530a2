import { Buffer } from 'node:buffer'
import { type Billing, createBilling, type TransactionKind } from '@countersign/core'
import { pgBossEngine } from '@countersign/engine-pg-boss'
import { postgresStore } from '@countersign/store-postgres'
import type pg from 'pg'
import { PgBoss } from 'pg-boss'
import { atLeast, type Benchmark, type Figure, type Plan } from '../src/benchmark.ts'
import { createStripeEvent } from '../src/events/stripe-event.ts'
import { deliveriesOf } from '../src/inbox/deliveries.ts'
import { openPostgres, type PostgresSide } from '../src/inbox/postgres-side.ts'
import { medianOf, ratiosOf } from '../src/statistics.ts'

/** Stored work that is done by one of the three. */
interface Side {
  /** Stores so much work, untimed. */
  readonly fill: (count: number, from: number) => Promise<void>
  /** Does all of it. */
  readonly work: () => Promise<void>
  readonly close: () => Promise<void>
}

const sides = ['pg-boss', 'store-worker', 'engine'] as const
type SideName = (typeof sides)[number]

const openers: Readonly<Record<SideName, (database: PostgresSide) => Promise<Side>>> = {
  'pg-boss': openPgBoss,
  'store-worker': openStoreWorker,
  engine: openEngine,
}

/** One effect for each event, once, in order for each object, against jobs that are only transactional. */
export const engine: Benchmark = {
  about:
    "events processed exactly once, against pg-boss's transactional worker with the same effect",
  async run({ rounds, quick, onProgress }: Plan) {
    const count = quick ? 200 : 4_000
    const rates: Record<SideName, number[]> = {
      'pg-boss': [],
      'store-worker': [],
      engine: [],
    }
    const opened: (Side & {
      readonly name: SideName
      readonly end: () => Promise<void>
    })[] = []
    try {
      for (const name of sides) {
        const database = await openPostgres()
        const side = await openers[name](database)
        const end = async () => {
          await side.close()
          await database.close()
        }
        opened.push({ ...side, name, end })
      }
      let from = 0
      for (let round = -1; round < rounds; round++) {
        onProgress(`round ${round + 1} of ${rounds}`)
        for (const side of round % 2 === 0 ? opened : opened.toReversed()) {
          from += count
          await side.fill(count, from)
          const began = performance.now()
          await side.work()
          const perSecond = (count / (performance.now() - began)) * 1_000
          // The first round warms up.
          if (round >= 0) rates[side.name].push(perSecond)
        }
      }
    } finally {
      for (const { end } of opened) await end()
    }
    return toFigures(rates)
  },
}

function toFigures(rates: Readonly<Record<SideName, readonly number[]>>): Figure[] {
  const rate = (name: SideName) => Math.round(medianOf(rates[name]))
  const note = `against ${rate('pg-boss')} a second with pg-boss, which keeps no order, and in which a job that fails takes its batch of 50 along; there none does`
  return [
    {
      id: 'store-worker',
      unit: '×',
      rounds: ratiosOf(rates['store-worker'], rates['pg-boss']),
      goal: atLeast(2),
      note: `${rate('store-worker')} events a second, one handler in 400 failing once, ${note}.`,
    },
    {
      id: 'engine-pg-boss',
      unit: '×',
      rounds: ratiosOf(rates.engine, rates['pg-boss']),
      goal: atLeast(0.6),
      note: `${rate('engine')} events a second, one handler in 400 failing once, ${note}.`,
    },
  ]
}

async function openPgBoss({ url, pool }: PostgresSide): Promise<Side> {
  const boss = await startBoss(url)
  await boss.createQueue('effects', { retryLimit: 9 })
  await pool.query('CREATE TABLE effects (key text PRIMARY KEY, recorded_at bigint)')
  return {
    async fill(count, from) {
      const jobs = Array.from({ length: count }, (_, index) => ({
        data: { eventId: `evt_${from + index}` },
      }))
      for (let at = 0; at < count; at += 1_000)
        await boss.insert('effects', jobs.slice(at, at + 1_000))
    },
    async work() {
      const before = await countOf(pool, 'effects')
      const waiting = await countOf(pool, "pgboss.job WHERE state = 'created'")
      let done = 0
      const finished = Promise.withResolvers<void>()
      const id = await boss.work<{ eventId: string }, void, PeerOptions>(
        'effects',
        { ...peerOptions },
        async (jobs, tx) => {
          for (const { data } of jobs) {
            await tx.executeSql(
              'INSERT INTO effects VALUES ($1, $2) ON CONFLICT DO NOTHING',
              [`granted for ${data.eventId}`, Date.now()],
            )
          }
          done += jobs.length
          if (done === waiting) finished.resolve()
        },
      )
      await finished.promise
      await boss.offWork('effects', { id, wait: true })
      if ((await countOf(pool, 'effects')) !== before + waiting)
        throw new Error('pg-boss has not done all jobs')
    },
    close: () => boss.stop(),
  }
}

const peerOptions = {
  transactional: true,
  batchSize: 50,
  burstWhenBatchFull: true,
  localConcurrency: 4,
} as const
type PeerOptions = typeof peerOptions

async function openStoreWorker({ pool }: PostgresSide): Promise<Side> {
  const store = postgresStore(pool)
  await store.migrate()
  const billing = billingOf(store)
  return {
    fill: (count, from) => storeAll(billing, count, from),
    async work() {
      // What fails is due again within milliseconds.
      for (let isIdle = false; !isIdle; isIdle = (await unfinished(pool)) === 0)
        await billing.worker.drain({ budgetMs: 60_000 })
    },
    close: async () => {},
  }
}

async function openEngine({ url, pool }: PostgresSide): Promise<Side> {
  const boss = await startBoss(url)
  const running = pgBossEngine(boss, {
    queue: { retryLimit: 9, retryDelay: 0, retryBackoff: false },
    work: { localConcurrency: 4, pollingIntervalSeconds: 0.5 },
  })
  const store = postgresStore(pool, { onDue: running.onDue })
  await store.migrate()
  const billing = billingOf(store)
  // The queues are made when it starts.
  await running.start(billing)
  await running.stop()
  return {
    fill: (count, from) => storeAll(billing, count, from),
    async work() {
      await running.start(billing)
      while ((await unfinished(pool)) > 0)
        await new Promise((resolve) => setTimeout(resolve, 5))
      await running.stop()
    },
    async close() {
      await boss.stop()
    },
  }
}

async function startBoss(url: string): Promise<PgBoss> {
  const boss = new PgBoss(url)
  boss.on('error', (error) => process.stderr.write(`${error}\n`))
  return boss.start()
}

function billingOf<Store extends ReturnType<typeof postgresStore>>(
  store: Store,
): Billing<NonNullable<Store['transactionKind']> & TransactionKind> {
  const failed = new Set<string>()
  let count = 0
  return createBilling({
    mode: 'test',
    processing: 'durable',
    webhookSecrets: ['whsec_bench'],
    store,
    worker: { concurrency: 100 },
    retries: { limit: 10, firstMs: 1, maxMs: 10 },
    on: {
      'invoice.paid': async (event, context) => {
        count += 1
        if (count % 400 === 0 && !failed.has(event.id)) {
          failed.add(event.id)
          throw new Error('fails once')
        }
        await context.transaction(async () => {
          await context.effect(`granted for ${event.id}`)
        })
      },
    },
  })
}

const CALLERS = 64

async function storeAll<Tx extends TransactionKind>(
  { store }: Billing<Tx>,
  count: number,
  from: number,
): Promise<void> {
  const event = createStripeEvent(1_024)
  const queue = deliveriesOf(event, count, from)
    .map((delivery) => ({ ...delivery, body: withEventId(event, delivery.key.eventId) }))
    .values()
  await Promise.all(
    Array.from({ length: CALLERS }, async () => {
      for (const delivery of queue)
        await store.record(delivery, 'received', { now: Date.now() })
    }),
  )
}

/** Handlers are given what the body says. */
function withEventId(event: Buffer, id: string): Buffer {
  return Buffer.from(event.toString().replace(/"id": ?"evt_\w+"/, `"id": "${id}"`))
}

async function unfinished(pool: pg.Pool): Promise<number> {
  return countOf(pool, 'countersign_events WHERE due_at IS NOT NULL')
}

async function countOf(pool: pg.Pool, from: string): Promise<number> {
  const { rows } = await pool.query(`SELECT count(*)::int AS count FROM ${from}`)
  return Number(rows[0]?.count)
}
