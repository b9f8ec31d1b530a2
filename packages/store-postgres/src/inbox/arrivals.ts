import type { ClaimOptions, CommitMark, Delivery, IdleState } from '@countersign/core'
import { toJsonParameter, toNumber } from '../connection/columns.ts'
import type { Database } from '../connection/database.ts'
import { Groups } from '../connection/groups.ts'
import type { Row, Session } from '../connection/session.ts'
import { Statement } from '../connection/statement.ts'
import {
  type Additions,
  type AdditionsReader,
  additionKeys,
  hasAdditions,
  retryMirrorConflicts,
} from './additions.ts'
import { arrivalSql } from './arrival-sql.ts'
import type { Enqueue } from './enqueue.ts'
import { eventIdOf } from './event-id.ts'
import type { Channel } from './told-sql.ts'

/** What is asked about a delivery that has come. */
export type Arrival = { readonly delivery: Delivery } & (
  | ({ readonly act: 'claim' } & ClaimOptions)
  | ({ readonly act: 'commit'; readonly mark: CommitMark } & ClaimOptions)
  | {
      readonly act: 'record'
      readonly state: 'received' | IdleState
      readonly now: number
    }
)

/** As {@link arrivalSql} gives it. */
export type Arrived = Row

/** Deliveries in one statement: at most 64, and no more than 4 MiB unless one alone is longer. */
const LIMIT = 64
const WEIGHT = 65_536

export interface ArrivalOptions {
  readonly additions: AdditionsReader
  readonly channel: Channel
  readonly enqueue: Enqueue | undefined
}

/** Stores deliveries, those that come at the same time together. */
export class Arrivals {
  readonly #database: Database
  readonly #options: ArrivalOptions
  readonly #statements = new Map<string, Statement>()
  readonly #groups: Groups<Arrival, Arrived>

  constructor(database: Database, options: ArrivalOptions) {
    this.#database = database
    this.#options = options
    this.#groups = new Groups({
      keysOf,
      weightOf: ({ delivery: { body } }) => Math.max(WEIGHT, body.length),
      limit: LIMIT * WEIGHT,
      concurrency: 2,
      run: (arrivals) => this.#run(arrivals),
    })
  }

  add(arrival: Arrival): Promise<Arrived> {
    return this.#groups.add(arrival)
  }

  async #run(arrivals: readonly Arrival[]): Promise<readonly Arrived[]> {
    const answers: Arrived[] = []
    let open = arrivals.map((_, n) => n)
    // What somebody else has inserted meanwhile is found the next time, unless it was deleted again.
    for (let tries = 0; open.length > 0 && tries < 10; tries += 1) {
      const rows = await this.#store(open.map((n) => arrivals[n] as Arrival))
      for (const row of rows) answers[open[toNumber(row.n)] as number] = row
      open = open.filter((n) => answers[n] === undefined)
    }
    if (open.length > 0)
      throw new Error('PostgreSQL: an event was neither new nor known, ten times.')
    return answers
  }

  async #store(arrivals: readonly Arrival[]): Promise<readonly Row[]> {
    const { enqueue } = this.#options
    if (enqueue !== undefined && arrivals.some(({ act }) => act === 'record')) {
      return this.#database.transaction(async (session) => {
        const rows = await this.#runStatement(session, arrivals)
        await enqueue(session, dueOf(arrivals, rows))
        return rows
      })
    }
    return this.#database.lend((session) =>
      retryMirrorConflicts(() => this.#runStatement(session, arrivals)),
    )
  }

  async #runStatement(
    session: Session,
    arrivals: readonly Arrival[],
  ): Promise<readonly Row[]> {
    const additions = await this.#readAdditions(session, arrivals)
    const values: unknown[] = [toJson(arrivals), toBodies(arrivals)]
    if (additions !== undefined) values.push(additions.json)
    return session.run(this.#statement(additions), values)
  }

  async #readAdditions(
    session: Session,
    arrivals: readonly Arrival[],
  ): Promise<Additions | undefined> {
    const marked = arrivals.flatMap((arrival, n) =>
      arrival.act === 'commit' && hasAdditions(arrival.mark)
        ? [{ n, key: arrival.delivery.key, mark: arrival.mark }]
        : [],
    )
    if (marked.length === 0) return undefined
    return this.#options.additions.read(session, marked)
  }

  #statement(additions: Additions | undefined): Statement {
    const kind = String(additions?.kinds)
    const known = this.#statements.get(kind)
    if (known !== undefined) return known
    const { tables } = this.#database
    const made = new Statement(
      arrivalSql(tables, additions?.kinds, this.#options.channel),
    )
    this.#statements.set(kind, made)
    return made
  }
}

function keysOf(arrival: Arrival): readonly string[] {
  const { key } = arrival.delivery
  const id = eventIdOf(key)
  if (arrival.act !== 'commit') return [id]
  return [id, ...additionKeys({ key, mark: arrival.mark })]
}

function toJson(arrivals: readonly Arrival[]): string {
  let from = 1
  const rows = arrivals.map((arrival, n) => {
    const { act, now, delivery } = arrival
    const { key, type, objectId, endpoint, created, body } = delivery
    const row = {
      n,
      act,
      livemode: key.livemode,
      account: key.account,
      event_id: key.eventId,
      type,
      object_id: objectId,
      endpoint,
      created,
      body_from: from,
      body_size: body.length,
      now,
      until: act === 'record' ? undefined : now + arrival.leaseMs,
      wanted: stateOf(arrival),
      ...(act === 'commit' && finishedOf(arrival.mark)),
    }
    from += body.length
    return row
  })
  return toJsonParameter(rows)
}

function stateOf(arrival: Arrival): string {
  if (arrival.act === 'record') return arrival.state
  return arrival.act === 'claim' ? 'received' : (arrival.mark.state ?? 'processed')
}

/** What is kept of the mark of an event that is done: an unmatched one may be run again. */
function finishedOf({ state, handler, reason }: CommitMark): {
  readonly finished_handlers?: string
  readonly reason: string | undefined
} {
  if (state !== 'unmatched' || handler === undefined) return { reason }
  return { reason, finished_handlers: JSON.stringify([handler]) }
}

function toBodies(arrivals: readonly Arrival[]): Uint8Array {
  const [first] = arrivals
  if (first !== undefined && arrivals.length === 1) return first.delivery.body
  return Buffer.concat(arrivals.map(({ delivery: { body } }) => body))
}

/** Those that now wait for a worker, and did not before. */
function dueOf(arrivals: readonly Arrival[], rows: readonly Row[]): readonly Delivery[] {
  return rows.flatMap(({ n, outcome }) => {
    const arrival = arrivals[toNumber(n)]
    const isDue =
      arrival?.act === 'record' &&
      (outcome === 'taken' || (outcome === 'new' && arrival.state === 'received'))
    return isDue ? [arrival.delivery] : []
  })
}
