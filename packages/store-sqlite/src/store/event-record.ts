import type { EventRecord, EventState } from '@countersign/core'

export interface RecordRow {
  readonly seq: number
  readonly livemode: number
  readonly account: string
  readonly event_id: string
  readonly type: string
  readonly object_id: string
  readonly endpoint: string | null
  readonly created: number
  readonly state: EventState
  readonly attempts: number
  readonly due_at: number | null
  readonly last_error: string | null
  readonly reason: string | null
  readonly received_at: number
  readonly started_at: number | null
  readonly finished_at: number | null
  readonly requeued_at: number | null
  readonly has_body: number
}

/** Every column of a {@link RecordRow} but `has_body`. */
export const RECORD_COLUMNS =
  'seq, livemode, account, event_id, type, object_id, endpoint, created, state, attempts, due_at, last_error, reason, received_at, started_at, finished_at, requeued_at'

export function toEventRecord(row: RecordRow): EventRecord {
  return {
    key: { livemode: row.livemode === 1, account: row.account, eventId: row.event_id },
    type: row.type,
    objectId: row.object_id,
    endpoint: row.endpoint ?? undefined,
    created: row.created,
    state: row.state,
    attempts: row.attempts,
    lastError: row.last_error ?? undefined,
    reason: row.reason ?? undefined,
    receivedAt: row.received_at,
    startedAt: row.started_at ?? undefined,
    finishedAt: row.finished_at ?? undefined,
    retryAt: row.state === 'failed' ? (row.due_at ?? undefined) : undefined,
    requeuedAt: row.requeued_at ?? undefined,
    hasBody: row.has_body === 1,
  }
}
