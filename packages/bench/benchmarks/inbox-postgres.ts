import type { Delivery } from '@countersign/core'
import { type PostgresStore, postgresStore } from '@countersign/store-postgres'
import type pg from 'pg'
import {
  atLeast,
  atMost,
  type Benchmark,
  type Figure,
  type Plan,
} from '../src/benchmark.ts'
import { createStripeEvent } from '../src/events/stripe-event.ts'
import { deliveriesOf, secondsOf } from '../src/inbox/deliveries.ts'
import { openPostgres } from '../src/inbox/postgres-side.ts'
import { medianOf, ratiosOf } from '../src/statistics.ts'

const CALLERS = 64
const NOW = 1_795_507_200_000
const lease = { now: NOW, leaseMs: 65_000 }

const sides = ['bare', 'stored', 'declared', 'handled'] as const
type Side = (typeof sides)[number]

/** Seconds for each event, by round. */
type Times = Readonly<Record<Side | 'duplicate', number[]>>

/** What an event costs in PostgreSQL, against the row that one would insert by hand. */
export const inboxPostgres: Benchmark = {
  about: `events in PostgreSQL, 4 kB, ${CALLERS} callers, against one insert for each in a transaction of its own`,
  async run(plan) {
    const { pool, close } = await openPostgres()
    try {
      const store = postgresStore(pool)
      await store.migrate()
      await pool.query(
        'CREATE TABLE bare (event_id text PRIMARY KEY, type text, received_at bigint, body bytea)',
      )
      return toFigures(await measureAll(pool, store, plan))
    } finally {
      await close()
    }
  },
}

async function measureAll(
  pool: pg.Pool,
  store: PostgresStore,
  { rounds, quick, onProgress }: Plan,
): Promise<Times> {
  const count = quick ? 200 : 4_000
  const body = createStripeEvent(4_096)
  const times: Times = { bare: [], stored: [], declared: [], handled: [], duplicate: [] }
  const calls: Readonly<Record<Side, (event: Delivery) => Promise<unknown>>> = {
    bare: (event) => insertByHand(pool, event),
    stored: (event) => store.record(event, 'received', { now: NOW }),
    declared: (event) => commitDeclared(store, event),
    handled: (event) => claimAndHandle(store, event),
  }
  let next = 0
  for (let round = -1; round < rounds; round++) {
    onProgress(`round ${round + 1} of ${rounds}`)
    for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
      next += count
      const events = deliveriesOf(body, count, next)
      const seconds = await secondsOf(events, CALLERS, calls[side])
      // The first round warms up.
      if (round >= 0) times[side].push(seconds / count)
      if (side !== 'stored') continue
      const again = await secondsOf(events, CALLERS, calls.stored)
      if (round >= 0) times.duplicate.push(again / count)
    }
  }
  return times
}

function insertByHand(
  pool: pg.Pool,
  { key, type, body }: Delivery,
): Promise<pg.QueryResult> {
  return pool.query({
    name: 'bare',
    text: 'INSERT INTO bare VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING',
    values: [key.eventId, type, NOW, body],
  })
}

/** Event, effect and mark in one statement, as for a handler that only declares. */
async function commitDeclared(store: PostgresStore, event: Delivery): Promise<void> {
  const declared = [{ effect: `granted for ${event.key.eventId}` }]
  const mark = { now: NOW, handler: undefined, state: 'processed', declared } as const
  const { status } = await store.claimAndCommit(event, mark, lease)
  if (status !== 'committed') throw new Error(`the event was ${status}`)
}

/** A claim, and a transaction in which a handler in JavaScript records one effect. */
async function claimAndHandle(store: PostgresStore, event: Delivery): Promise<void> {
  const claim = await store.claim(event, lease)
  if (claim.status !== 'claimed') throw new Error(`the event was ${claim.status}`)
  const mark = { now: NOW, handler: 'on', state: 'processed' } as const
  const { committed } = await store.commit(claim.lease, mark, (_, { effect }) =>
    effect(`granted for ${event.key.eventId}`),
  )
  if (!committed) throw new Error('the event was not committed')
}

function toFigures(times: Times): readonly Figure[] {
  const micros = (side: keyof Times) => (medianOf(times[side]) * 1e6).toFixed(0)
  const against = (side: Side) => ratiosOf(times.bare, times[side])
  return [
    {
      id: 'stored',
      unit: '×',
      rounds: against('stored'),
      goal: atLeast(2.5),
      note: `${micros('stored')} µs an event, against ${micros('bare')} for an insert by hand; a pool of 10 for both.`,
    },
    {
      id: 'declared-effect',
      unit: '×',
      rounds: against('declared'),
      goal: atLeast(0.75),
      note: `${micros('declared')} µs for event, effect and mark.`,
    },
    {
      id: 'handler-with-transaction',
      unit: '×',
      rounds: against('handled'),
      goal: atLeast(0.35),
      note: `${micros('handled')} µs for claim, transaction, effect and mark.`,
    },
    {
      id: 'duplicate',
      unit: '×',
      rounds: ratiosOf(times.duplicate, times.stored),
      goal: atMost(0.1),
      note: `${micros('duplicate')} µs, against ${micros('stored')} for a new event.`,
    },
  ]
}
