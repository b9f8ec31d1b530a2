import type { RawState } from '../subject.ts'

/** A row as a driver gives it. */
export type Row = Readonly<Record<string, unknown>>

const mirrorTables = {
  customer: 'customers',
  subscription: 'subscriptions',
  invoice: 'invoices',
}

/** One query for each part of a {@link RawState}. Both databases have the same tables, and understand the same SQL. */
export function rawQueries(prefix: string): readonly string[] {
  const mirror = Object.entries(mirrorTables).map(
    ([kind, table]) =>
      `SELECT livemode, account, '${kind}' AS kind, id FROM ${prefix}${table}`,
  )
  return [
    `SELECT livemode, account, event_id, state, endpoint, body
       FROM ${prefix}events LEFT JOIN ${prefix}bodies USING (seq)`,
    `SELECT seq FROM ${prefix}bodies`,
    `SELECT livemode, account, key FROM ${prefix}effects`,
    `SELECT livemode, account, topic, key, payload, state FROM ${prefix}outbox`,
    mirror.join(' UNION ALL '),
    'SELECT value FROM application',
  ]
}

/** @param results Of the queries of {@link rawQueries}, in their order. */
export function toRawState(results: readonly (readonly Row[])[]): RawState {
  const [events = [], bodies = [], effects = [], messages = [], mirror = [], rows = []] =
    results
  return {
    events: events.map((row) => ({
      ...scopeOf(row),
      eventId: String(row.event_id),
      state: String(row.state),
      endpoint: row.endpoint === null ? null : String(row.endpoint),
      body: row.body instanceof Uint8Array ? row.body : null,
    })),
    bodies: bodies.length,
    effects: effects.map((row) => ({ ...scopeOf(row), key: String(row.key) })),
    messages: messages.map((row) => ({
      ...scopeOf(row),
      topic: String(row.topic),
      key: String(row.key),
      payload: JSON.parse(String(row.payload)),
      state: String(row.state),
    })),
    mirror: mirror.map((row) => ({
      ...scopeOf(row),
      kind: String(row.kind),
      id: String(row.id),
    })),
    rows: rows.map((row) => String(row.value)),
  }
}

function scopeOf({ livemode, account }: Row) {
  return { livemode: Boolean(livemode), account: String(account) }
}
