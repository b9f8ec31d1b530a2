/** What stands in a database, read by a connection that shares nothing with the store. */
export interface RawState {
  /** By id. */
  readonly events: ReadonlyMap<
    string,
    { readonly state: string; readonly hasBody: boolean }
  >
  /** What handlers have written. */
  readonly rows: readonly { readonly kind: string; readonly key: string }[]
  readonly effects: readonly string[]
  readonly messages: readonly { readonly key: string; readonly state: string }[]
  /** By the id of the object. */
  readonly mirror: ReadonlyMap<string, Fields>
}

export type Fields = Readonly<Record<string, unknown>>

export interface RawDatabase {
  /** What a process of the application is given. */
  readonly address: string
  /** `undefined` as long as the store has no tables there. */
  readonly read: () => Promise<RawState | undefined>
  /** All that is known of an event, for people. */
  readonly describe: (eventId: string) => Promise<unknown>
  /** What the database itself finds wrong. */
  readonly findDamage: () => Promise<string | undefined>
  /** For whatever the database has a clock of its own. */
  readonly passTime: () => Promise<void>
  readonly remove: () => Promise<void>
}

/** In the order of the fields of {@link RawState}. */
export const QUERIES: readonly [string, string, string, string, string] = [
  `SELECT event_id, state, b.seq IS NOT NULL AS has_body
   FROM countersign_events e LEFT JOIN countersign_bodies b ON b.seq = e.seq`,
  'SELECT kind, key FROM application',
  'SELECT key FROM countersign_effects',
  'SELECT key, state FROM countersign_outbox',
  `SELECT id, data FROM countersign_customers
   UNION ALL SELECT id, data FROM countersign_subscriptions
   UNION ALL SELECT id, data FROM countersign_invoices`,
]

export function toRawState(results: readonly (readonly Fields[])[]): RawState {
  const [events = [], rows = [], effects = [], messages = [], mirror = []] = results
  return {
    events: new Map(
      events.map(({ event_id, state, has_body }) => [
        String(event_id),
        { state: String(state), hasBody: Boolean(has_body) },
      ]),
    ),
    rows: rows.map(({ kind, key }) => ({ kind: String(kind), key: String(key) })),
    effects: effects.map(({ key }) => String(key)),
    messages: messages.map(({ key, state }) => ({
      key: String(key),
      state: String(state),
    })),
    mirror: new Map(mirror.map(({ id, data }) => [String(id), JSON.parse(String(data))])),
  }
}
