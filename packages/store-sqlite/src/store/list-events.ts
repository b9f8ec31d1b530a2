import type { SQLInputValue } from 'node:sqlite'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { EventPage, EventQuery, EventState } from '@countersign/core'
import { prepare } from '../schema/prepare.ts'
import { RECORD_COLUMNS, type RecordRow, toEventRecord } from './event-record.ts'
import type { StoreContext } from './store-context.ts'

/** So many rows are looked at before the event loop has its turn again. */
const WINDOW = 10_000

/** States that the partial index holds, each in the ranges of it that are in order or small. */
const INDEXED: Readonly<Partial<Record<EventState, readonly string[]>>> = {
  received: ['due_at = 0', 'due_at > 0'],
  failed: ['due_at >= 0'],
  unmatched: ['due_at IS NULL'],
  dead: ['due_at IS NULL'],
  skipped: ['due_at IS NULL'],
}

interface Condition {
  readonly sql: string
  readonly values: readonly SQLInputValue[]
}

/** Gives a page of the events that are asked for, without holding up the event loop for long. */
export function createListEvents({
  db,
  tables: { events, bodies },
  read,
}: StoreContext): (
  query: EventQuery,
  page: { readonly after?: string; readonly limit: number },
) => Promise<EventPage> {
  const columns = `${RECORD_COLUMNS}, EXISTS (SELECT 1 FROM ${bodies} WHERE ${bodies}.seq = ${events}.seq) AS has_body`
  const lastSeq = prepare(db, `SELECT max(seq) AS seq FROM ${events}`)

  function all({ sql, values }: Condition): Promise<readonly RecordRow[]> {
    return read(
      () =>
        prepare(db, `SELECT ${columns} FROM ${events} WHERE ${sql}`).all(
          ...values,
        ) as unknown as RecordRow[],
    )
  }

  /** Walks all events, since no index helps. */
  async function walk(
    { sql, values }: Condition,
    after: number,
    limit: number,
  ): Promise<readonly RecordRow[]> {
    const end = await read(() => Number(lastSeq.get()?.seq ?? 0))
    const found: RecordRow[] = []
    for (let from = after; from < end && found.length < limit; from += WINDOW) {
      const rows = await all({
        sql: `seq > ? AND seq <= ? AND ${sql} ORDER BY seq LIMIT ?`,
        values: [from, from + WINDOW, ...values, limit - found.length],
      })
      found.push(...rows)
      await nextTurn()
    }
    return found
  }

  function byState(
    { sql, values }: Condition,
    ranges: readonly string[],
    after: number,
    limit: number,
  ): Promise<readonly RecordRow[]> {
    const parts = ranges.map(
      (range) => `SELECT seq FROM (SELECT seq FROM ${events}
        WHERE ${sql} AND ${range} AND seq > ? ORDER BY seq LIMIT ?)`,
    )
    return all({
      sql: `seq IN (${parts.join(' UNION ALL ')}) ORDER BY seq LIMIT ?`,
      values: [...ranges.flatMap(() => [...values, after, limit]), limit],
    })
  }

  return async (query, { after = '0', limit }) => {
    const condition = conditionOf(query)
    const ranges = indexRangesOf(query)
    // One more tells whether there is another page.
    const rows =
      query.ids !== undefined
        ? await all({
            sql: `${condition.sql} AND seq > ? ORDER BY seq LIMIT ?`,
            values: [...condition.values, Number(after), limit + 1],
          })
        : ranges === undefined
          ? await walk(condition, Number(after), limit + 1)
          : await byState(condition, ranges, Number(after), limit + 1)
    const page = rows.slice(0, limit)
    const last = page.at(-1)
    return {
      events: page.map(toEventRecord),
      next: rows.length > limit && last !== undefined ? String(last.seq) : undefined,
    }
  }
}

/** `undefined` unless each state that is asked for is in the index. */
function indexRangesOf({ states }: EventQuery): readonly string[] | undefined {
  if (states === undefined || states.length === 0) return undefined
  const ranges: string[] = []
  for (const state of new Set(states)) {
    const of = INDEXED[state]
    if (of === undefined) return undefined
    for (const range of of) {
      ranges.push(
        `state = '${state}' AND state NOT IN ('processed', 'ignored') AND ${range}`,
      )
    }
  }
  return ranges
}

function conditionOf({
  livemode,
  ids,
  types,
  states,
  receivedSince,
  notRequeuedSince,
}: EventQuery): Condition {
  const sql = ['livemode = ?']
  const values: SQLInputValue[] = [livemode ? 1 : 0]
  const isAmong = (column: string, texts: readonly string[] | undefined) => {
    if (texts === undefined) return
    sql.push(`${column} IN (SELECT value FROM json_each(?))`)
    values.push(JSON.stringify(texts))
  }
  isAmong('event_id', ids)
  isAmong('type', types)
  isAmong('state', states)
  if (receivedSince !== undefined) {
    sql.push('received_at >= ?')
    values.push(receivedSince)
  }
  if (notRequeuedSince !== undefined) {
    sql.push('coalesce(requeued_at, 0) < ?')
    values.push(notRequeuedSince)
  }
  return { sql: sql.join(' AND '), values }
}
