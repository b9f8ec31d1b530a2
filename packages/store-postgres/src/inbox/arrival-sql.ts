import type { MirrorKind } from '@countersign/core'
import type { TableNames } from '../schema/table-names.ts'
import { additionsSql } from './additions.ts'
import { toldSql } from './told-sql.ts'

/**
 * Inserts the events that are new and takes those that may be taken, of many deliveries
 * at once. What is known and stays as it is costs a look-up and no write. Parameters: the rows as
 * JSON, all bodies in a row, and the additions of those that are committed at once.
 *
 * Each row of the answer has `n`, and an `outcome`: `new`, `taken`, or else the state of an event that
 * stays as it is. A row without an answer was inserted by somebody else meanwhile.
 *
 * @param kinds The mirror's tables that are written; `undefined` when there are no additions.
 * @param channel Where to tell other processes of what has become due.
 */
export function arrivalSql(
  tables: TableNames,
  kinds: readonly MirrorKind[] | undefined,
  channel: string | undefined,
): string {
  const additions = kinds && additionsSql(tables, kinds, '$3')
  return `WITH i AS MATERIALIZED (
  SELECT * FROM json_to_recordset($1) AS i(n int, act text, livemode boolean, account text,
    event_id text, type text, object_id text, endpoint text, created bigint, body_from int, body_size int,
    now bigint, until bigint, wanted text, finished_handlers text, reason text)
), known AS MATERIALIZED (
  SELECT i.n, i.act, i.now, i.until, i.wanted, e.seq, e.state, CASE WHEN ${isTaken('i')} THEN 1 END AS picked
  FROM i CROSS JOIN LATERAL (
    SELECT seq, state, lease_until FROM ${tables.events} e
    WHERE e.event_id = i.event_id AND e.account = i.account AND e.livemode = i.livemode
    LIMIT 1
  ) e
), inserted AS (
  INSERT INTO ${tables.events} (livemode, account, event_id, type, object_id, endpoint, created, state,
    attempts, token, lease_until, due_at, finished_handlers, reason, received_at, started_at, finished_at)
  SELECT livemode, account, event_id, type, object_id, endpoint, created, wanted,
    (act <> 'record')::int, (act <> 'record')::int,
    CASE WHEN act = 'claim' THEN until END,
    CASE WHEN act = 'claim' THEN until WHEN wanted = 'received' THEN 0 END,
    coalesce(finished_handlers, '[]'), reason, now,
    CASE WHEN act <> 'record' THEN now END, CASE WHEN act = 'commit' THEN now END
  FROM i WHERE NOT EXISTS (SELECT FROM known k WHERE k.n = i.n)
  ORDER BY n
  ON CONFLICT DO NOTHING
  RETURNING seq, livemode, account, event_id
), new AS MATERIALIZED (
  SELECT i.n, i.act, i.wanted, i.now, s.* FROM inserted s
  JOIN i ON i.event_id = s.event_id AND i.account = s.account AND i.livemode = s.livemode
), taken AS (
  UPDATE ${tables.events} e SET state = 'received',
    token = CASE k.act WHEN 'record' THEN e.token ELSE e.token + 1 END,
    attempts = CASE k.act WHEN 'record' THEN 0 ELSE e.attempts + 1 END,
    lease_until = CASE k.act WHEN 'record' THEN NULL ELSE k.until END,
    due_at = CASE k.act WHEN 'record' THEN 0 ELSE k.until END,
    started_at = CASE k.act WHEN 'record' THEN e.started_at ELSE k.now END
  FROM known k
  WHERE k.picked = 1 AND e.seq = k.seq AND ${isTaken('k')}
  RETURNING k.n, k.act, e.seq, e.token, e.attempts, e.finished_handlers
), stored AS (
  INSERT INTO ${tables.bodies} (seq, body)
  SELECT s.seq, substring($2::bytea FROM i.body_from FOR i.body_size)
  FROM (SELECT n, seq FROM new UNION ALL SELECT n, seq FROM taken) s JOIN i ON i.n = s.n
  ON CONFLICT DO NOTHING
)${
    additions === undefined
      ? ''
      : `, done AS MATERIALIZED (
  SELECT * FROM new WHERE act = 'commit'
), ${additions.expressions}`
  }
SELECT r.*, ${additions?.check ?? '1'} AS checked${toldSql(channel, {
    event: `EXISTS (SELECT FROM new WHERE act = 'record' AND wanted = 'received')
    OR EXISTS (SELECT FROM taken WHERE act = 'record')`,
    message: additions && 'EXISTS (SELECT FROM messages)',
  })}
FROM (
  SELECT n, 'new' AS outcome, 1 AS token, 1 AS attempts, NULL AS finished_handlers FROM new
  UNION ALL SELECT n, 'taken', token, attempts, finished_handlers FROM taken
  UNION ALL SELECT n, state, NULL, NULL, NULL FROM known k
  WHERE NOT EXISTS (SELECT FROM taken t WHERE t.n = k.n)
) r`
}

/** Whether what is asked takes the event `e` over, which somebody has stored before. `picked`: see `picked.ts`. */
function isTaken(asked: string): string {
  return `CASE ${asked}.act
    WHEN 'record' THEN ${asked}.wanted = 'received' AND e.state IN ('ignored', 'unmatched', 'dead')
    ELSE e.state NOT IN ('processed', 'skipped') AND (e.lease_until IS NULL
      OR e.lease_until <= ${asked}.now OR e.lease_until > 2 * ${asked}.until - ${asked}.now) END`
}
