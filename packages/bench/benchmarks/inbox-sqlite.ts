import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Delivery } from '@countersign/core'
import { type SqliteStore, sqliteStore } from '@countersign/store-sqlite'
import {
  atLeast,
  atMost,
  type Benchmark,
  type Figure,
  type Plan,
} from '../src/benchmark.ts'
import { createStripeEvent } from '../src/events/stripe-event.ts'
import { deliveriesOf, secondsOf } from '../src/inbox/deliveries.ts'
import { requestsIn, runLoad } from '../src/load/run-load.ts'
import { type RunningServer, startServer } from '../src/servers/start-server.ts'
import { medianOf, ratiosOf } from '../src/statistics.ts'

const CALLERS = 32

/** What it costs that an event is on the disk before it is answered. */
export const inboxSqlite: Benchmark = {
  about: 'events stored in SQLite before they are answered, against verification alone',
  async run(plan) {
    return [...(await measureServers(plan)), ...(await measureStore(plan))]
  },
}

const routes = ['durable', 'by-hand', 'verify-one-shot'] as const
type Route = (typeof routes)[number]

async function measureServers({
  rounds,
  quick,
  onProgress,
}: Plan): Promise<readonly Figure[]> {
  const event = createStripeEvent(4_096)
  const servers = new Map<Route, RunningServer>()
  const rates: Record<Route, number[]> = {
    durable: [],
    'by-hand': [],
    'verify-one-shot': [],
  }
  try {
    const amounts = new Map<Route, number>()
    for (const route of routes) {
      onProgress(`warming up ${route}`)
      const server = await startServer('node-http')
      servers.set(route, server)
      const url = `${server.url}/${route}`
      amounts.set(route, await requestsIn(quick ? 20 : 700, url, event))
    }
    for (let round = 0; round < rounds; round++) {
      onProgress(`servers: round ${round + 1} of ${rounds}`)
      for (const route of round % 2 === 0 ? routes : routes.toReversed()) {
        const url = `${servers.get(route)?.url}/${route}`
        const load = await runLoad(url, event, amounts.get(route) ?? 0)
        rates[route].push(load.requestsPerSecond)
      }
    }
  } finally {
    await Promise.all([...servers.values()].map(({ stop }) => stop()))
  }
  const rate = (route: Route) => Math.round(medianOf(rates[route]))
  return [
    {
      id: 'durable-acknowledgement',
      unit: '×',
      rounds: ratiosOf(rates.durable, rates['by-hand']),
      goal: atLeast(0.8),
      note: `${rate('durable')} requests a second, each event on the disk, against ${rate('by-hand')} with constructEvent and nothing stored; ${CALLERS} connections, 4 kB.`,
    },
    {
      id: 'durable-acknowledgement-to-fastest-verification',
      unit: '×',
      rounds: ratiosOf(rates.durable, rates['verify-one-shot']),
      note: `Against our own verification, nothing stored: ${rate('verify-one-shot')} a second.`,
    },
  ]
}

/** Times of one round, in seconds for each event. */
interface Times {
  readonly grouped: number
  readonly duplicate: number
  readonly alone: number
}

async function measureStore({
  rounds,
  quick,
  onProgress,
}: Plan): Promise<readonly Figure[]> {
  const count = quick ? 200 : 8_000
  const body = createStripeEvent(4_096)
  const folder = await mkdtemp(join(tmpdir(), 'countersign-bench-'))
  const store = sqliteStore(join(folder, 'store.db'))
  const naive = new NaiveInbox(join(folder, 'naive.db'))
  const times: Times[] = []
  try {
    for (let round = -1; round < rounds; round++) {
      onProgress(`store: round ${round + 1} of ${rounds}`)
      const events = deliveriesOf(body, count, (round + 1) * count)
      const few = events.slice(0, count / 4)
      const grouped = async () => (await recordAll(store, events)) / count
      const alone = async () => naive.insertAll(few) / few.length
      const isEven = round % 2 === 0
      const first = isEven ? await grouped() : await alone()
      const second = isEven ? await alone() : await grouped()
      const duplicate = (await recordAll(store, events)) / count
      // The first round warms up.
      if (round < 0) continue
      times.push({
        grouped: isEven ? first : second,
        alone: isEven ? second : first,
        duplicate,
      })
    }
  } finally {
    await store.close()
    naive.close()
    await rm(folder, { recursive: true })
  }
  const of = (part: keyof Times) => times.map((time) => time[part])
  const micros = (part: keyof Times) => (medianOf(of(part)) * 1e6).toFixed(1)
  return [
    {
      id: 'group-commit',
      unit: '×',
      rounds: ratiosOf(of('alone'), of('grouped')),
      goal: atLeast(4),
      note: `${micros('grouped')} µs an event with ${CALLERS} callers, against ${micros('alone')} with a commit for each, in a table without indexes of its own; FULL, 4 kB.`,
    },
    {
      id: 'duplicate',
      unit: '×',
      rounds: ratiosOf(of('duplicate'), of('grouped')),
      goal: atMost(0.1),
      note: `${micros('duplicate')} µs against ${micros('grouped')} for a new event.`,
    },
  ]
}

function recordAll(store: SqliteStore, events: readonly Delivery[]): Promise<number> {
  return secondsOf(events, CALLERS, (event) =>
    store.record(event, 'received', { now: 1_795_507_200_000 }),
  )
}

/** What one writes by hand: a row for each event, each in a transaction of its own. */
class NaiveInbox {
  readonly #db: DatabaseSync

  constructor(file: string) {
    this.#db = new DatabaseSync(file)
    this.#db.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE inbox (event_id TEXT PRIMARY KEY, type TEXT, received_at INTEGER, body BLOB)',
    )
  }

  /** Gives the seconds that it took. */
  insertAll(events: readonly Delivery[]): number {
    const insert = this.#db.prepare(
      'INSERT INTO inbox VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
    )
    const began = performance.now()
    for (const { key, type, created, body } of events)
      insert.run(key.eventId, type, created, body)
    return (performance.now() - began) / 1_000
  }

  close(): void {
    this.#db.close()
  }
}
