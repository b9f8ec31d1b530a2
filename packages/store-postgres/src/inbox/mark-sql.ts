import type { MirrorKind } from '@countersign/core'
import type { TableNames } from '../schema/table-names.ts'
import { additionsSql } from './additions.ts'
import { PICKED } from './picked.ts'
import { type Channel, toldSql } from './told-sql.ts'

/**
 * Marks events whose leases may still commit: nobody has taken them over, and they have not
 * ended. Parameters: the marks as JSON, and the additions. The answer has a row for each event
 * that was marked, with what its row was before.
 *
 * @param kinds The mirror's tables that are written; `undefined` when there are no additions.
 */
export function markSql(
  tables: TableNames,
  kinds: readonly MirrorKind[] | undefined,
  channel: Channel,
): string {
  const additions = kinds && additionsSql(tables, kinds, '$2')
  return `WITH i AS MATERIALIZED (
  SELECT i.*, e.picked, e.seq, e.finished_handlers AS before_handlers, e.lease_until AS before_lease,
    e.finished_at AS before_finished, e.reason AS before_reason
  FROM json_to_recordset($1) AS i(n int, livemode boolean, account text, event_id text,
    token bigint, now bigint, handler text, state text, reason text)
  CROSS JOIN LATERAL (
    SELECT *, ${PICKED} FROM ${tables.events} e
    WHERE e.event_id = i.event_id AND e.account = i.account AND e.livemode = i.livemode
    LIMIT 1
  ) e
), done AS (
  UPDATE ${tables.events} e SET
    finished_handlers = CASE
      WHEN i.state IN ('processed', 'ignored') THEN '[]'
      WHEN i.handler IS NULL THEN e.finished_handlers
      WHEN e.finished_handlers = '[]' THEN '[' || i.handler || ']'
      ELSE left(e.finished_handlers, -1) || ',' || i.handler || ']' END,
    state = coalesce(i.state, e.state),
    lease_until = CASE WHEN i.state IS NULL THEN e.lease_until END,
    due_at = CASE WHEN i.state IS NULL THEN e.due_at END,
    finished_at = CASE WHEN i.state IS NULL THEN e.finished_at ELSE i.now END,
    reason = CASE WHEN i.state IS NULL THEN e.reason ELSE i.reason END
  FROM i
  WHERE i.picked = 1 AND e.seq = i.seq AND e.token = i.token AND e.lease_until IS NOT NULL
  RETURNING i.n, i.livemode, i.account, i.event_id, i.now, i.seq,
    i.before_handlers, i.before_lease, i.before_finished, i.before_reason
)${additions === undefined ? '' : `, ${additions.expressions}`}
SELECT n, seq, before_handlers, before_lease, before_finished, before_reason,
  ${additions?.check ?? '1'} AS checked${toldSql(channel, {
    message: additions && 'EXISTS (SELECT FROM messages)',
  })}
FROM done`
}

/** Takes marks back that were made in the same transaction. Parameters: their rows as {@link markSql} gave them, and the effects and messages added since, as JSON. */
export function unmarkSql({ events, effects, outbox }: TableNames): string {
  return `WITH i AS MATERIALIZED (
  SELECT *, ${PICKED} FROM json_to_recordset($1) AS i(seq bigint, before_handlers text, before_lease bigint,
    before_finished bigint, before_reason text)
), events AS (
  UPDATE ${events} e SET state = 'received', finished_handlers = i.before_handlers,
    lease_until = i.before_lease, due_at = i.before_lease, finished_at = i.before_finished,
    reason = i.before_reason
  FROM i WHERE i.picked = 1 AND e.seq = i.seq
), effects AS (
  DELETE FROM ${effects} e
  USING json_to_recordset($2::json->'effects') AS x(livemode boolean, account text, key text)
  WHERE e.livemode = x.livemode AND e.account = x.account AND e.key = x.key
)
DELETE FROM ${outbox} o
USING json_to_recordset($2::json->'messages') AS x(livemode boolean, account text, key text)
WHERE o.livemode = x.livemode AND o.account = x.account AND o.key = x.key`
}
