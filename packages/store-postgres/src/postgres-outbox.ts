import type { ClaimedMessage, OutboxStore } from '@countersign/core'
import { toNumber, toNumberOrNone, toStorable, toText } from './connection/columns.ts'
import type { Database } from './connection/database.ts'
import type { Row } from './connection/session.ts'
import { Statement } from './connection/statement.ts'
import { type Channel, toldSql } from './inbox/told-sql.ts'
import type { TableNames } from './schema/table-names.ts'

export function postgresOutbox(
  database: Database,
  channel: Channel,
  onDue: () => void,
): OutboxStore {
  const claim = new Statement(claimSql(database.tables))
  const settle = new Statement(settleSql(database.tables, channel))
  return {
    async claimNext({ now, leaseMs, livemode, limit }) {
      const values = [livemode, now, now + leaseMs, limit, now + 2 * leaseMs]
      const rows = await database.run(claim, values)
      const messages = rows.flatMap((row) =>
        row.id === null ? [] : [toMessage(row, livemode)],
      )
      const next = messages.length < limit ? rows[0]?.next_due_at : undefined
      return { messages, nextDueAt: toNumberOrNone(next) }
    },

    async settle({ id, token }, result, { now }) {
      const isFailed = result.state === 'failed'
      await database.run(settle, [
        id,
        token,
        isFailed ? 'pending' : result.state,
        isFailed ? result.retryAt : null,
        result.state === 'sent' ? null : toStorable(result.error),
        result.state === 'sent' ? now : null,
      ])
      if (isFailed) onDue()
    },
  }
}

/** Parameters: livemode, now, the end of the leases, how many messages, and the latest end that a lease can have. */
function claimSql({ outbox }: TableNames): string {
  const free = (condition: string) => `SELECT * FROM (
    SELECT id, due_at FROM ${outbox} WHERE livemode = $1 AND ${condition}
    ORDER BY due_at, id LIMIT $4 FOR UPDATE SKIP LOCKED) f`
  return `WITH due AS MATERIALIZED (
  ${free('due_at <= $2')}
  UNION ALL ${free('lease_until IS NOT NULL AND lease_until > $5')}
  LIMIT $4
), claimed AS (
  UPDATE ${outbox} o SET token = o.token + 1, attempts = o.attempts + 1, lease_until = $3, due_at = $3
  FROM due d WHERE o.id = d.id
  RETURNING o.id, o.token, o.account, o.topic, o.key, o.payload, o.attempts, d.due_at
)
SELECT c.*, (
    SELECT min(due_at) FROM (
      SELECT id, due_at FROM ${outbox} WHERE livemode = $1 AND due_at IS NOT NULL
      ORDER BY due_at, id LIMIT $4 + 1
    ) o WHERE NOT EXISTS (SELECT FROM claimed c WHERE c.id = o.id)
  ) AS next_due_at
FROM (SELECT 1) one LEFT JOIN claimed c ON true
ORDER BY c.due_at, c.id`
}

/** Parameters: id, token, state, when it is due again, the error, and when it was sent. */
function settleSql({ outbox }: TableNames, channel: Channel): string {
  return `UPDATE ${outbox} SET state = $3, lease_until = NULL, due_at = $4,
  last_error = coalesce($5, last_error), sent_at = $6
WHERE id = $1 AND token = $2 AND lease_until IS NOT NULL
RETURNING 1${toldSql(channel, { message: `$3 = 'pending'` })}`
}

function toMessage(row: Row, livemode: boolean): ClaimedMessage {
  return {
    id: toNumber(row.id),
    token: toNumber(row.token),
    livemode,
    account: toText(row.account),
    topic: toText(row.topic),
    key: toText(row.key),
    payload: JSON.parse(toText(row.payload)),
    attempt: toNumber(row.attempts),
  }
}
