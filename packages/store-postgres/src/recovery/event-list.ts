import type { EventQuery, EventRecord, EventState } from '@countersign/core'
import { toNumber, toNumberOrNone, toStorable, toText } from '../connection/columns.ts'
import type { Row } from '../connection/session.ts'
import type { TableNames } from '../schema/table-names.ts'

/** The events that a query asks for, from the one after `after` on. */
export function listSql(
  { events, bodies }: TableNames,
  { livemode, ids, types, states, receivedSince, notRequeuedSince }: EventQuery,
  after: string,
  limit: number,
): { readonly text: string; readonly values: unknown[] } {
  const values: unknown[] = []
  const conditions: string[] = []
  const require = (condition: string, value: unknown) => {
    if (value === undefined) return
    values.push(value)
    conditions.push(condition.replace('?', `$${values.length}`))
  }
  require('e.livemode = ?', livemode)
  require('e.seq > ?', after)
  require('e.event_id = ANY(?)', ids?.map(toStorable))
  require('e.type = ANY(?)', types?.map(toStorable))
  require('e.state = ANY(?)', states)
  require('e.received_at >= ?', receivedSince)
  require('coalesce(e.requeued_at, 0) < ?', notRequeuedSince)
  return {
    text: `SELECT e.*, EXISTS (SELECT FROM ${bodies} b WHERE b.seq = e.seq)::int AS has_body
FROM ${events} e WHERE ${conditions.join(' AND ')}
ORDER BY e.seq LIMIT ${limit}`,
    values,
  }
}

export function toRecord(row: Row, livemode: boolean): EventRecord {
  return {
    key: { livemode, account: toText(row.account), eventId: toText(row.event_id) },
    type: toText(row.type),
    objectId: toText(row.object_id),
    endpoint: row.endpoint ?? undefined,
    created: toNumber(row.created),
    state: row.state as EventState,
    attempts: toNumber(row.attempts),
    lastError: row.last_error ?? undefined,
    reason: row.reason ?? undefined,
    receivedAt: toNumber(row.received_at),
    startedAt: toNumberOrNone(row.started_at),
    finishedAt: toNumberOrNone(row.finished_at),
    retryAt: row.state === 'failed' ? toNumberOrNone(row.due_at) : undefined,
    requeuedAt: toNumberOrNone(row.requeued_at),
    hasBody: row.has_body === '1',
  }
}
