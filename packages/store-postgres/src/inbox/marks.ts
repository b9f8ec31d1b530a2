import type { CommitMark, Lease } from '@countersign/core'
import { toJsonParameter, toNumber } from '../connection/columns.ts'
import type { Database } from '../connection/database.ts'
import { Groups } from '../connection/groups.ts'
import type { Row, Session } from '../connection/session.ts'
import { Statement } from '../connection/statement.ts'
import {
  type AdditionsReader,
  additionKeys,
  hasAdditions,
  retryMirrorConflicts,
} from './additions.ts'
import { eventIdOf } from './event-id.ts'
import { markSql } from './mark-sql.ts'
import type { Channel } from './told-sql.ts'

export interface Marking {
  readonly lease: Lease
  readonly mark: CommitMark
}

/** Marks events under their leases: alone, in groups, or in a transaction of somebody else. */
export class Marks {
  readonly #database: Database
  readonly #additions: AdditionsReader
  readonly #channel: Channel
  readonly #statements = new Map<string, Statement>()
  readonly #groups: Groups<Marking, boolean>

  constructor(database: Database, additions: AdditionsReader, channel: Channel) {
    this.#database = database
    this.#additions = additions
    this.#channel = channel
    this.#groups = new Groups({
      keysOf: markingKeys,
      limit: 64,
      concurrency: 2,
      run: (markings) => this.#run(markings),
    })
  }

  /** Tells whether the lease could still commit. */
  add(marking: Marking): Promise<boolean> {
    return this.#groups.add(marking)
  }

  /**
   * Marks them in the session's transaction, if it has one: by their number in `markings`, the rows of
   * those that could still commit.
   */
  async run(
    session: Session,
    markings: readonly Marking[],
  ): Promise<ReadonlyMap<number, Row>> {
    const rows = markings.map(({ lease: { key, token }, mark }, n) => ({
      n,
      livemode: key.livemode,
      account: key.account,
      event_id: key.eventId,
      token,
      now: mark.now,
      handler: mark.handler === undefined ? undefined : JSON.stringify(mark.handler),
      state: mark.state,
      reason: mark.reason,
    }))
    const marked = markings.flatMap(({ lease: { key }, mark }, n) =>
      hasAdditions(mark) ? [{ n, key, mark }] : [],
    )
    const values = [toJsonParameter(rows)]
    let statement = 'none'
    let kinds: Parameters<typeof markSql>[1]
    if (marked.length > 0) {
      const additions = await this.#additions.read(session, marked)
      values.push(additions.json)
      kinds = additions.kinds
      statement = String(kinds)
    }
    let prepared = this.#statements.get(statement)
    if (prepared === undefined) {
      prepared = new Statement(markSql(this.#database.tables, kinds, this.#channel))
      this.#statements.set(statement, prepared)
    }
    const done = await session.run(prepared, values)
    return new Map(done.map((row) => [toNumber(row.n), row]))
  }

  async #run(markings: readonly Marking[]): Promise<readonly boolean[]> {
    const done = await this.#database.lend((session) =>
      retryMirrorConflicts(() => this.run(session, markings)),
    )
    return markings.map((_, n) => done.has(n))
  }
}

/** Two that share one of these cannot share a statement. */
export function markingKeys({ lease: { key }, mark }: Marking): readonly string[] {
  return [eventIdOf(key), ...additionKeys({ key, mark })]
}
