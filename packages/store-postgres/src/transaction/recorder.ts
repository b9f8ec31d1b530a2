import type { EventKey } from '@countersign/core'
import { toJsonParameter, toNumber, toStorable } from '../connection/columns.ts'
import type { Row, Session } from '../connection/session.ts'
import { Statement } from '../connection/statement.ts'
import { unmarkSql } from '../inbox/mark-sql.ts'
import { type Channel, toldSql } from '../inbox/told-sql.ts'
import type { TableNames } from '../schema/table-names.ts'
import type { Participant, RecordingAsk } from './participant.ts'

/** An effect or a message, and whose it is. */
export interface Recorded {
  readonly participant: Participant
  readonly ask: RecordingAsk
}

/** Writes effects and messages of callbacks, and takes back what was written for one. */
export class Recorder {
  readonly #add: Statement
  readonly #unmark: Statement

  constructor(tables: TableNames, channel: Channel) {
    this.#add = new Statement(addSql(tables, channel))
    this.#unmark = new Statement(unmarkSql(tables))
  }

  /** Tells of each whether it is new. No two may have the same key. */
  async add(
    session: Session,
    recorded: readonly Recorded[],
  ): Promise<readonly boolean[]> {
    const rows = recorded.map(({ participant: { work }, ask }, n) => ({
      n,
      ...toColumns(work.lease.key),
      event_id: work.lease.key.eventId,
      now: work.mark.now,
      key: ask.key,
      ...(ask.kind === 'message' && {
        topic: ask.message.topic,
        payload: JSON.stringify(ask.message.payload),
      }),
    }))
    const added = await session.run(this.#add, [toJsonParameter(rows)])
    const isNew = new Set(added.map(({ n }) => toNumber(n)))
    return recorded.map((_, n) => isNew.has(n))
  }

  /** @param before The event's row, as it was before it was marked. */
  async takeBack(
    session: Session,
    { work: { lease }, unprotected }: Participant,
    before: Row,
  ): Promise<void> {
    const written = { effects: [] as object[], messages: [] as object[] }
    for (const { kind, key } of unprotected) {
      const rows = kind === 'effect' ? written.effects : written.messages
      rows.push({ ...toColumns(lease.key), key })
    }
    await session.run(this.#unmark, [JSON.stringify([before]), toJsonParameter(written)])
  }
}

/** One text for each effect and each message that comes next: of the mark, or of the callback. */
export function nextIds({ work: { lease, mark }, ask, marked }: Participant): string[] {
  const { livemode, account } = lease.key
  const toId = (kind: string, key: string) =>
    `${livemode}\n${account}\n${kind}\n${toStorable(key)}`
  if (marked === 'later')
    return (mark.declared ?? []).flatMap(({ effect, send = [] }) => [
      toId('effect', effect),
      ...send.map(({ key }) => toId('message', key)),
    ])
  return ask === undefined || ask.kind === 'query' ? [] : [toId(ask.kind, ask.key)]
}

function toColumns({ livemode, account }: EventKey): object {
  return { livemode, account }
}

/** What has a topic is a message. The answer has the numbers of those that are new. */
function addSql({ effects, outbox }: TableNames, channel: Channel): string {
  return `WITH i AS MATERIALIZED (
  SELECT * FROM json_to_recordset($1) AS i(n int, livemode boolean, account text, event_id text,
    now bigint, key text, topic text, payload text)
), effects AS (
  INSERT INTO ${effects} (livemode, account, key, event_id, recorded_at)
  SELECT livemode, account, key, event_id, now FROM i WHERE topic IS NULL ORDER BY key
  ON CONFLICT DO NOTHING
  RETURNING livemode, account, key
), messages AS (
  INSERT INTO ${outbox} (livemode, account, topic, key, payload, event_id, created_at)
  SELECT livemode, account, topic, key, payload, event_id, now FROM i WHERE topic IS NOT NULL ORDER BY n
  ON CONFLICT DO NOTHING
  RETURNING livemode, account, key
)
SELECT i.n${toldSql(channel, { message: 'EXISTS (SELECT FROM messages)' })}
FROM i JOIN (
  SELECT *, false AS is_message FROM effects UNION ALL SELECT *, true FROM messages
) a ON a.livemode = i.livemode AND a.account = i.account AND a.key = i.key
  AND a.is_message = (i.topic IS NOT NULL)`
}
