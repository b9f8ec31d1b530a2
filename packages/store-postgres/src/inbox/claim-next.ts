import type { ClaimedBatch, ClaimedEvent, ClaimNextOptions } from '@countersign/core'
import {
  toBytes,
  toJsonParameter,
  toNumber,
  toNumberOrNone,
  toText,
} from '../connection/columns.ts'
import type { Database } from '../connection/database.ts'
import type { Row, Session } from '../connection/session.ts'
import { Statement } from '../connection/statement.ts'
import { claimNextSql } from './claim-next-sql.ts'

/** Any number: makes the lock one of this package. */
const LOCK_SPACE = 1_129_272_148

/** Leases events for workers: one claim after the other, among all processes. */
export class ClaimNext {
  readonly #database: Database
  readonly #byTime: Statement
  readonly #byKeys: Statement
  readonly #begin: string

  constructor(database: Database) {
    const { tables } = database
    this.#database = database
    this.#byTime = new Statement(claimNextSql(tables, 'time'))
    this.#byKeys = new Statement(claimNextSql(tables, 'keys'))
    // By a statement of its own, so that the next one sees what the claims before it have leased.
    this.#begin = `BEGIN; SELECT pg_advisory_xact_lock(${LOCK_SPACE}, '${tables.events}'::regclass::oid::int)`
  }

  async claim(options: ClaimNextOptions): Promise<ClaimedBatch> {
    const { keys, livemode, limit } = options
    return this.#database.lend(async (session) => {
      try {
        await session.command(this.#begin)
        const rows = await (keys === undefined
          ? this.#runByTime(session, options)
          : this.#run(session, this.#byKeys, options, limit, toKeys(keys, livemode)))
        await session.command('COMMIT')
        const events = rows.filter(hasEvent).map((row) => toClaimed(row, livemode))
        const next = events.length < limit ? rows.at(-1)?.next_due_at : undefined
        return { events, nextDueAt: toNumberOrNone(next) }
      } catch (error) {
        await session.rollBack()
        throw error
      }
    })
  }

  /** Looks at more and more of what is due, until enough is found or nothing is left. */
  async #runByTime(session: Session, options: ClaimNextOptions): Promise<readonly Row[]> {
    let found: readonly Row[] = []
    let left = options.limit
    for (let window = left + 32; ; window *= 8) {
      const rows = await this.#run(session, this.#byTime, options, left, window)
      const claimed = rows.filter(hasEvent)
      found = [...found, ...rows]
      left -= claimed.length
      if (left === 0 || toNumber(rows[0]?.seen) < window) return found
    }
  }

  #run(
    session: Session,
    statement: Statement,
    { livemode, now, leaseMs }: ClaimNextOptions,
    limit: number,
    source: unknown,
  ): Promise<readonly Row[]> {
    const values = [livemode, now, now + leaseMs, limit, source, now + 2 * leaseMs]
    return session.run(statement, values)
  }
}

/** There is one row at least, for what else it tells. */
function hasEvent({ seq }: Row): boolean {
  return seq !== null
}

function toKeys(keys: NonNullable<ClaimNextOptions['keys']>, livemode: boolean): string {
  return toJsonParameter(
    keys
      .filter((key) => key.livemode === livemode)
      .map(({ account, eventId }) => ({ account, event_id: eventId })),
  )
}

function toClaimed(row: Row, livemode: boolean): ClaimedEvent {
  const key = { livemode, account: toText(row.account), eventId: toText(row.event_id) }
  return {
    delivery: {
      key,
      type: toText(row.type),
      objectId: toText(row.object_id),
      endpoint: row.endpoint ?? undefined,
      created: toNumber(row.created),
      body: toBytes(row.body),
    },
    lease: {
      key,
      token: toNumber(row.token),
      attempt: toNumber(row.attempts),
      finishedHandlers: JSON.parse(toText(row.finished_handlers)),
    },
  }
}
