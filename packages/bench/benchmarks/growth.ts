import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { DatabaseSync } from 'node:sqlite'
import type { Delivery, Store, TransactionKind } from '@countersign/core'
import { postgresStore } from '@countersign/store-postgres'
import { sqliteStore } from '@countersign/store-sqlite'
import { atMost, type Benchmark, type Figure, type Plan } from '../src/benchmark.ts'
import { createStripeEvent } from '../src/events/stripe-event.ts'
import {
  deliveriesOf,
  EVENT_ID_TAIL,
  scatteredDeliveriesOf,
  secondsOf,
} from '../src/inbox/deliveries.ts'
import { openPostgres } from '../src/inbox/postgres-side.ts'
import { medianOf, ratiosOf } from '../src/statistics.ts'

const CALLERS = 32
const FEW = 10_000

/** What an event costs when a business has grown. */
export const growth: Benchmark = {
  about: 'an event, stored and processed, with ten million stored against ten thousand',
  async run(plan) {
    const many = manyOf(plan)
    return [
      ...(await measure('sqlite', openSqliteWith, many, plan)),
      ...(await measure('postgres', openPostgresWith, many, plan)),
    ]
  },
}

/** `BENCH_GROWTH_EVENTS` makes it smaller: ten million take some minutes to write. */
function manyOf({ quick }: Plan): number {
  return Number(process.env.BENCH_GROWTH_EVENTS ?? (quick ? 20_000 : 10_000_000))
}

/** A store with so many events that are done, without their bodies, as `prune` leaves them. */
interface Filled {
  readonly store: Store<TransactionKind>
  readonly close: () => Promise<void>
}

async function measure(
  name: string,
  openWith: (events: number) => Promise<Filled>,
  many: number,
  { rounds, quick, onProgress }: Plan,
): Promise<readonly Figure[]> {
  const count = quick ? 100 : 2_000
  const body = createStripeEvent(4_096)
  const times = { few: [] as number[], many: [] as number[] }
  const scattered = { few: [] as number[], many: [] as number[] }
  onProgress(`${name}: writing ${many} events`)
  const sides = { few: await openWith(FEW), many: await openWith(many) }
  try {
    let from = many
    for (let round = -1; round < rounds; round++) {
      onProgress(`${name}: round ${round + 1} of ${rounds}`)
      from += count
      const order = ['few', 'many'] as const
      for (const side of round % 2 === 0 ? order : order.toReversed()) {
        const { store } = sides[side]
        const inOrder = await recordAndProcess(store, deliveriesOf(body, count, from))
        const inNone = await recordAndProcess(store, scatteredDeliveriesOf(body, count))
        // The first round warms up.
        if (round < 0) continue
        times[side].push(inOrder / count)
        scattered[side].push(inNone / count)
      }
    }
  } finally {
    await sides.few.close()
    await sides.many.close()
  }
  const micros = (of: readonly number[]) => (medianOf(of) * 1e6).toFixed(0)
  return [
    {
      id: name,
      unit: '×',
      rounds: ratiosOf(times.many, times.few),
      goal: atMost(1.2),
      note: `${micros(times.many)} µs against ${micros(times.few)}: stored, claimed by a worker and committed; ids that grow with time, as Stripe's.`,
    },
    {
      id: `${name}-ids-in-no-order`,
      unit: '×',
      rounds: ratiosOf(scattered.many, scattered.few),
      note: 'The same with random ids, which each touch a page of the index of their own.',
    },
  ]
}

/** Stores events, and processes them as a worker does. Gives the seconds that it took. */
async function recordAndProcess(
  store: Store<TransactionKind>,
  events: readonly Delivery[],
): Promise<number> {
  const now = Date.now()
  const began = performance.now()
  await secondsOf(events, CALLERS, (event) => store.record(event, 'received', { now }))
  for (let left = events.length; left > 0; ) {
    const options = { now, leaseMs: 65_000, livemode: false, limit: 100 }
    const { events: claimed } = await store.claimNext(options)
    if (claimed.length === 0) throw new Error(`${left} events are not due`)
    left -= claimed.length
    const mark = { now, handler: 'on', state: 'processed' } as const
    await Promise.all(claimed.map(({ lease }) => store.commit(lease, mark)))
  }
  return (performance.now() - began) / 1_000
}

async function openSqliteWith(events: number): Promise<Filled> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-bench-'))
  const file = join(folder, 'billing.db')
  const store = sqliteStore(file)
  const db = new DatabaseSync(file)
  db.exec(`PRAGMA synchronous = OFF;
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${events})
    INSERT INTO countersign_events
      (livemode, account, event_id, type, object_id, created, state, attempts, token, received_at, finished_at)
    SELECT 0, '', printf('evt_1%012d${EVENT_ID_TAIL}', i), 'invoice.paid', 'in_' || (i / 4), 1795507200, 'processed', 1, 1, 1795507200000, 1795507200000
    FROM n;
    PRAGMA wal_checkpoint(TRUNCATE)`)
  db.close()
  return {
    store: store as unknown as Store<TransactionKind>,
    async close() {
      await store.close()
      await rm(folder, { recursive: true })
    },
  }
}

async function openPostgresWith(events: number): Promise<Filled> {
  const { pool, close } = await openPostgres()
  const store = postgresStore(pool)
  await store.migrate()
  await pool.query(`INSERT INTO countersign_events
      (livemode, account, event_id, type, object_id, created, state, attempts, token, received_at, finished_at)
    SELECT false, '', 'evt_1' || lpad(i::text, 12, '0') || '${EVENT_ID_TAIL}', 'invoice.paid', 'in_' || (i / 4), 1795507200, 'processed', 1, 1, 1795507200000, 1795507200000
    FROM generate_series(1, ${events}) i`)
  await pool.query('VACUUM ANALYZE countersign_events')
  await pool.query('CHECKPOINT')
  return { store: store as unknown as Store<TransactionKind>, close }
}
