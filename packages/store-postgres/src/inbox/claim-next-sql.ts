import type { TableNames } from '../schema/table-names.ts'

/** Of an event that is due but has to wait for another one of its object: no worker need look at it before that. */
const BEHIND = -1

/**
 * Leases events that are due. It looks at a window of them, in the order in which they are
 * due, and moves those that are behind another event of their object out of its way, so that
 * the next window begins after them. Parameters: livemode, now, the end of the leases, how many
 * events to lease, the size of the window or the keys as JSON, and the time after which no lease
 * can end that the clock has not jumped back from.
 *
 * Has to run under a lock, since it cannot see what another one leases at the same time.
 */
export function claimNextSql(tables: TableNames, by: 'time' | 'keys'): string {
  const { events, bodies } = tables
  // LIMIT 1 and `due_at + 0`: else all that is leased, or due, might be looked through for it.
  return `WITH RECURSIVE ${by === 'keys' ? keysSql(events) : timeSql(events)}, ranked AS MATERIALIZED (
  SELECT w.seq, w.due_at, w.object_id <> '' AND (
    row_number() OVER (PARTITION BY w.account, w.object_id ORDER BY w.due_at, w.seq) > 1
    OR (
      SELECT true FROM ${events} l
      WHERE l.livemode = $1 AND l.account = w.account AND l.object_id = w.object_id
        AND l.lease_until IS NOT NULL AND l.lease_until > $2 AND l.lease_until <= $6
      LIMIT 1) IS NOT NULL
  ) AS is_behind
  FROM due w
), chosen AS MATERIALIZED (
  SELECT seq FROM ranked WHERE NOT is_behind ORDER BY due_at, seq LIMIT $4
), moved AS (
  UPDATE ${events} e SET due_at = ${BEHIND} FROM ranked r
  WHERE r.is_behind AND r.due_at = 0 AND e.seq = r.seq AND e.due_at + 0 = 0
), claimed AS (
  UPDATE ${events} e SET state = 'received', token = e.token + 1, attempts = e.attempts + 1,
    lease_until = $3, due_at = $3, started_at = $2
  FROM chosen c
  WHERE e.seq = c.seq AND e.state IN ('received', 'failed')
    AND (e.lease_until IS NULL OR e.lease_until <= $2 OR e.lease_until > $6)
  RETURNING e.seq, e.account, e.event_id, e.type, e.object_id, e.endpoint, e.created,
    e.token, e.attempts, e.finished_handlers
)
SELECT c.*, encode(b.body, 'base64') AS body, ${by === 'keys' ? `0 AS seen, ${keysNextSql}` : `(SELECT count(*) FROM seen) AS seen, ${timeNextSql(events)}`} AS next_due_at
FROM (SELECT 1) one
LEFT JOIN claimed c ON true
LEFT JOIN ${bodies} b ON b.seq = c.seq
LEFT JOIN ranked r ON r.seq = c.seq
ORDER BY r.due_at, c.seq`
}

function timeSql(events: string): string {
  return `behind(account, object_id, seq) AS (
  (SELECT account, object_id, seq FROM ${events}
    WHERE livemode = $1 AND due_at = ${BEHIND}
    ORDER BY account, object_id, seq LIMIT 1)
  UNION ALL
  SELECT n.* FROM behind b CROSS JOIN LATERAL (
    SELECT account, object_id, seq FROM ${events}
    WHERE livemode = $1 AND due_at = ${BEHIND} AND (account, object_id) > (b.account, b.object_id)
    ORDER BY account, object_id, seq LIMIT 1
  ) n
), seen AS MATERIALIZED (
  SELECT seq, account, object_id, due_at FROM ${events}
  WHERE livemode = $1 AND due_at BETWEEN 0 AND $2
  ORDER BY due_at, seq LIMIT $5
), due AS MATERIALIZED (
  SELECT seq, account, object_id, 0 AS due_at FROM behind
  UNION ALL SELECT * FROM seen
  UNION ALL
  SELECT seq, account, object_id, due_at FROM ${events}
  WHERE livemode = $1 AND lease_until IS NOT NULL AND lease_until > $6
    AND (SELECT count(*) FROM seen) < $5
)`
}

/** One of the first `limit + 1` was not claimed, if there are as many. */
function timeNextSql(events: string): string {
  return `(
    SELECT min(greatest(due_at, 0)) FROM (
      SELECT seq, due_at FROM ${events} WHERE livemode = $1 AND due_at IS NOT NULL
      ORDER BY due_at, seq LIMIT $4 + 1
    ) e WHERE NOT EXISTS (SELECT FROM claimed c WHERE c.seq = e.seq))`
}

function keysSql(events: string): string {
  return `wanted AS MATERIALIZED (
  SELECT DISTINCT e.* FROM json_to_recordset($5) AS k(account text, event_id text)
  CROSS JOIN LATERAL (
    SELECT seq, account, object_id, due_at, lease_until FROM ${events} e
    WHERE e.event_id = k.event_id AND e.account = k.account AND e.livemode = $1
    LIMIT 1
  ) e
  WHERE e.due_at IS NOT NULL
), due AS MATERIALIZED (
  SELECT * FROM wanted WHERE lease_until IS NULL OR lease_until <= $2 OR lease_until > $6
)`
}

const keysNextSql = `(
    SELECT min(greatest(due_at, 0)) FROM wanted w
    WHERE NOT EXISTS (SELECT FROM claimed c WHERE c.seq = w.seq))`
