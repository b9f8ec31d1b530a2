import type { Lease, Release } from '@countersign/core'
import { toJsonParameter } from '../connection/columns.ts'
import type { Database } from '../connection/database.ts'
import { Groups } from '../connection/groups.ts'
import { Statement } from '../connection/statement.ts'
import type { TableNames } from '../schema/table-names.ts'
import { eventIdOf } from './event-id.ts'
import { PICKED } from './picked.ts'
import { type Channel, toldSql } from './told-sql.ts'

export interface Releasing {
  readonly lease: Lease
  readonly end: Release
  readonly now: number
}

/** Ends leases without success, those of one moment together. */
export class Releases {
  readonly #groups: Groups<Releasing, undefined>

  constructor(database: Database, channel: Channel) {
    const statement = new Statement(releaseSql(database.tables, channel))
    this.#groups = new Groups({
      keysOf: ({ lease }) => [eventIdOf(lease.key)],
      limit: 64,
      concurrency: 2,
      async run(releasings) {
        await database.run(statement, [toJsonParameter(releasings.map(toRow))])
        return releasings.map(() => undefined)
      },
    })
  }

  async add(releasing: Releasing): Promise<void> {
    await this.#groups.add(releasing)
  }
}

function toRow({ lease: { key, token }, end, now }: Releasing): object {
  return {
    livemode: key.livemode,
    account: key.account,
    event_id: key.eventId,
    token,
    state: end.state,
    error: end.state === 'received' ? undefined : end.error,
    due_at:
      end.state === 'failed' ? end.retryAt : end.state === 'received' ? 0 : undefined,
    finished_at: end.state === 'dead' ? now : undefined,
  }
}

function releaseSql({ events }: TableNames, channel: Channel): string {
  return `WITH i AS MATERIALIZED (
  SELECT i.*, e.* FROM json_to_recordset($1) AS i(livemode boolean, account text, event_id text,
    token bigint, state text, error text, due_at bigint, finished_at bigint)
  CROSS JOIN LATERAL (
    SELECT seq, ${PICKED} FROM ${events} e
    WHERE e.event_id = i.event_id AND e.account = i.account AND e.livemode = i.livemode
    LIMIT 1
  ) e
), released AS (
  UPDATE ${events} e SET state = i.state, lease_until = NULL, due_at = i.due_at,
    attempts = CASE i.state WHEN 'received' THEN e.attempts - 1 ELSE e.attempts END,
    last_error = coalesce(i.error, e.last_error),
    finished_at = coalesce(i.finished_at, e.finished_at)
  FROM i WHERE i.picked = 1 AND e.seq = i.seq AND e.token = i.token AND e.lease_until IS NOT NULL
  RETURNING i.state
)
SELECT count(*)${toldSql(channel, {
    event: `EXISTS (SELECT FROM released WHERE state <> 'dead')`,
  })} FROM released`
}
