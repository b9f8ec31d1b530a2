import type { EventKey, RecoveryStore } from '@countersign/core'
import { toJsonParameter, toStorable, toText } from '../connection/columns.ts'
import type { Database } from '../connection/database.ts'
import type { Row, Session } from '../connection/session.ts'
import { Statement } from '../connection/statement.ts'
import type { DueEvent, Enqueue } from '../inbox/enqueue.ts'
import { PICKED } from '../inbox/picked.ts'
import { type Channel, toldSql } from '../inbox/told-sql.ts'
import type { TableNames } from '../schema/table-names.ts'
import { listSql, toRecord } from './event-list.ts'

export interface RecoveryOptions {
  readonly channel: Channel
  /** Called once events are due. */
  readonly onDue: () => void
  readonly enqueue: Enqueue | undefined
}

export function postgresRecovery(
  database: Database,
  { channel, onDue, enqueue }: RecoveryOptions,
): RecoveryStore {
  const { tables } = database
  const requeue = new Statement(requeueSql(tables, channel))
  const skip = new Statement(`UPDATE ${tables.events}
SET state = 'skipped', lease_until = NULL, due_at = NULL, reason = $5, finished_at = $4
WHERE event_id = $1 AND account = $2 AND livemode = $3 AND state <> 'processed'
  AND (lease_until IS NULL OR lease_until <= $4)
RETURNING 1 AS skipped`)
  const pruneBodies = new Statement(`WITH old AS MATERIALIZED (
  SELECT b.seq FROM ${tables.bodies} b JOIN ${tables.events} e ON e.seq = b.seq
  WHERE e.state IN ('processed', 'ignored', 'skipped') AND coalesce(e.finished_at, e.received_at) < $1
  LIMIT $2
)
DELETE FROM ${tables.bodies} b USING old WHERE b.seq = old.seq RETURNING 1 AS deleted`)
  const pruneEvents = new Statement(`WITH old AS MATERIALIZED (
  SELECT seq FROM ${tables.events}
  WHERE state IN ('processed', 'ignored', 'skipped') AND coalesce(finished_at, received_at) < $1
  LIMIT $2 FOR UPDATE SKIP LOCKED
), gone AS (
  DELETE FROM ${tables.events} e USING old WHERE e.seq = old.seq RETURNING e.seq
), bodies AS (
  DELETE FROM ${tables.bodies} b USING gone WHERE b.seq = gone.seq
)
SELECT 1 AS deleted FROM gone`)
  const readCheckpoint = new Statement(
    `SELECT value FROM ${tables.checkpoints} WHERE name = $1`,
  )
  const writeCheckpoint = new Statement(`INSERT INTO ${tables.checkpoints} (name, value)
VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`)

  return {
    async list(query, { after = '0', limit }) {
      const { text, values } = listSql(tables, query, after, limit + 1)
      // With known values the plan can use the index of the states that are asked for.
      const rows = await database.lend((session) => session.runOnce(text, values))
      const events = rows.slice(0, limit).map((row) => toRecord(row, query.livemode))
      const next = rows.length > limit ? toText(rows[limit - 1]?.seq) : undefined
      return { events, next }
    },

    async requeue(keys, { now, again }) {
      const input = keys.map(({ livemode, account, eventId }) => ({
        livemode,
        account,
        event_id: eventId,
      }))
      const values = [toJsonParameter(input), now, again]
      const run = (session: Session) => session.run(requeue, values)
      const due =
        enqueue === undefined
          ? await database.lend(run)
          : await database.transaction(async (session) => {
              const rows = await run(session)
              await enqueue(session, rows.map(toDue))
              return rows
            })
      if (due.length > 0) onDue()
      return due.length
    },

    async skip({ livemode, account, eventId }, { now, reason }) {
      const values = [
        toStorable(eventId),
        toStorable(account),
        livemode,
        now,
        toStorable(reason),
      ]
      return (await database.run(skip, values)).length > 0
    },

    async prune({ bodiesBefore, eventsBefore, limit }) {
      const events =
        eventsBefore === undefined
          ? []
          : await database.run(pruneEvents, [eventsBefore, limit])
      const bodies =
        bodiesBefore === undefined
          ? []
          : await database.run(pruneBodies, [bodiesBefore, limit])
      return { bodies: bodies.length, events: events.length }
    },

    async readCheckpoint(name) {
      const [row] = await database.run(readCheckpoint, [toStorable(name)])
      return row?.value ?? undefined
    },

    async writeCheckpoint(name, value) {
      await database.run(writeCheckpoint, [toStorable(name), toStorable(value)])
    },
  }
}

/** Parameters: the keys as JSON, now, and whether handlers that have finished run again. */
function requeueSql({ events, bodies }: TableNames, channel: Channel): string {
  return `WITH i AS MATERIALIZED (
  SELECT DISTINCT e.seq, ${PICKED} FROM json_to_recordset($1) AS i(livemode boolean, account text, event_id text)
  CROSS JOIN LATERAL (
    SELECT seq FROM ${events} e
    WHERE e.event_id = i.event_id AND e.account = i.account AND e.livemode = i.livemode
    LIMIT 1
  ) e
  WHERE EXISTS (SELECT FROM ${bodies} b WHERE b.seq = e.seq)
), due AS (
  UPDATE ${events} e SET state = 'received', attempts = 0, lease_until = NULL, due_at = 0,
    finished_handlers = CASE WHEN $3 THEN '[]' ELSE e.finished_handlers END,
    requeued_at = $2, finished_at = NULL, reason = NULL
  FROM i WHERE i.picked = 1 AND e.seq = i.seq AND (e.lease_until IS NULL OR e.lease_until <= $2)
    AND NOT (e.state = 'received' AND e.due_at <= 0)
  RETURNING e.livemode::int AS livemode, e.account, e.event_id, e.object_id
)
SELECT due.*${toldSql(channel, { event: 'EXISTS (SELECT FROM due)' })} FROM due`
}

function toDue(row: Row): DueEvent {
  const key: EventKey = {
    livemode: row.livemode === '1',
    account: toText(row.account),
    eventId: toText(row.event_id),
  }
  return { key, objectId: toText(row.object_id) }
}
