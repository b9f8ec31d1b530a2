import {
  type CommitMark,
  type EventKey,
  type MirrorKind,
  type MirrorRow,
  mergeMirror,
} from '@countersign/core'
import { toJsonParameter, toNumber, toText } from '../connection/columns.ts'
import { sqlStateOf } from '../connection/postgres-error.ts'
import type { Session } from '../connection/session.ts'
import { Statement } from '../connection/statement.ts'
import type { TableNames } from '../schema/table-names.ts'

/** An event and what is to be recorded about it. */
export interface Marked {
  /** Its number in the statement. */
  readonly n: number
  readonly key: EventKey
  readonly mark: CommitMark
}

/** What marks write beside the row of their event, as JSON for {@link additionsSql}. */
export interface Additions {
  readonly json: string
  readonly kinds: readonly MirrorKind[]
}

const KINDS = ['customer', 'subscription', 'invoice'] as const

export function hasAdditions({ declared, mirror }: CommitMark): boolean {
  return mirror !== undefined || (declared !== undefined && declared.length > 0)
}

/** Two calls that write one of these cannot share a statement. */
export function additionKeys({ key, mark }: Omit<Marked, 'n'>): readonly string[] {
  const { declared = [], mirror } = mark
  const scope = `${key.livemode}\n${key.account}\n`
  const keys = declared.map(({ effect }) => `${scope}effect\n${effect}`)
  if (mirror === undefined) return keys
  const { kind, id } = mirror.by === 'fetch' ? mirror.data : mirror.link.data
  return [...keys, `${scope}${kind}\n${id}`]
}

/** Reads the rows of the mirror that the marks are to be merged into, and merges them. */
export class AdditionsReader {
  readonly #read: Statement

  constructor({ customers, subscriptions, invoices }: TableNames) {
    const row = (table: string, kind: MirrorKind) =>
      `SELECT data, chain, updated_at, xmin FROM ${table} m WHERE i.kind = '${kind}'
  AND m.livemode = i.livemode AND m.account = i.account AND m.id = i.id`
    this.#read = new Statement(`SELECT i.n, m.data, m.chain, m.updated_at, m.xmin
FROM json_to_recordset($1) AS i(n int, livemode boolean, account text, kind text, id text),
LATERAL (${row(customers, 'customer')}
UNION ALL ${row(subscriptions, 'subscription')}
UNION ALL ${row(invoices, 'invoice')}) m`)
  }

  async read(session: Session, marked: readonly Marked[]): Promise<Additions> {
    const mirror = await this.#merged(session, marked)
    const kinds = KINDS.filter((kind) => mirror.some((row) => row.kind === kind))
    return { json: toJsonParameter({ ...declaredBy(marked), mirror }), kinds }
  }

  async #merged(session: Session, marked: readonly Marked[]): Promise<MergedRow[]> {
    const wanted = marked.flatMap(({ n, key, mark: { mirror, now } }) => {
      if (mirror === undefined) return []
      const { kind, id } = mirror.by === 'fetch' ? mirror.data : mirror.link.data
      return [{ n, ...key, kind, id, write: mirror, now }]
    })
    if (wanted.length === 0) return []
    const asked = wanted.map(({ write, ...row }) => row)
    const rows = await session.run(this.#read, [toJsonParameter(asked)])
    const found = new Map(rows.map((row) => [toNumber(row.n), row]))
    return wanted.flatMap(({ n, kind, id, write, now }) => {
      const row = found.get(n)
      const merged = mergeMirror(row && toMirrorRow(row), write, now)
      if (merged === undefined) return []
      const { data, order, updatedAt } = merged
      return [
        {
          n,
          kind,
          id,
          customer: data.kind === 'customer' ? id : data.customer,
          status:
            data.kind === 'customer'
              ? data.deleted
                ? 'deleted'
                : 'active'
              : data.status,
          data: JSON.stringify(data),
          chain: JSON.stringify(order),
          updated_at: updatedAt,
          version: row?.xmin ?? null,
        },
      ]
    })
  }
}

interface MergedRow {
  readonly n: number
  readonly kind: MirrorKind
  /** The transaction that wrote the row which was read; `null` when there was none. */
  readonly version: string | null
}

export function toMirrorRow(row: {
  readonly [column: string]: string | null
}): MirrorRow {
  return {
    data: JSON.parse(toText(row.data)),
    order: JSON.parse(toText(row.chain)),
    updatedAt: toNumber(row.updated_at),
  }
}

function declaredBy(marked: readonly Marked[]): {
  readonly effects: readonly object[]
  readonly messages: readonly object[]
} {
  const effects: object[] = []
  const messages: object[] = []
  for (const { n, mark } of marked) {
    const known = new Set<string>()
    for (const { effect, send = [] } of mark.declared ?? []) {
      if (known.has(effect)) continue
      known.add(effect)
      effects.push({ n, key: effect })
      for (const { topic, key, payload } of send) {
        messages.push({
          n,
          effect,
          topic,
          key,
          payload: JSON.stringify(payload),
          position: messages.length,
        })
      }
    }
  }
  return { effects, messages }
}

/**
 * Common table expressions that write additions for the rows of `done` (n, livemode,
 * account, event_id, now), and an expression that fails when somebody else has written a row of
 * the mirror since it was read: {@link retryMirrorConflicts}.
 *
 * @param json The parameter that has {@link Additions.json}.
 */
export function additionsSql(
  tables: TableNames,
  kinds: readonly MirrorKind[],
  json: string,
): { readonly expressions: string; readonly check: string } {
  const written = kinds.map((kind) => `(SELECT count(*) FROM ${kind}_rows)`)
  return {
    expressions: `effects AS (
  INSERT INTO ${tables.effects} (livemode, account, key, event_id, recorded_at)
  SELECT d.livemode, d.account, x.key, d.event_id, d.now
  FROM done d JOIN json_to_recordset(${json}::json->'effects') AS x(n int, key text) ON x.n = d.n
  ORDER BY x.key
  ON CONFLICT DO NOTHING
  RETURNING livemode, account, key
), messages AS (
  INSERT INTO ${tables.outbox} (livemode, account, topic, key, payload, event_id, created_at)
  SELECT d.livemode, d.account, x.topic, x.key, x.payload, d.event_id, d.now
  FROM done d JOIN json_to_recordset(${json}::json->'messages')
    AS x(n int, effect text, topic text, key text, payload text, position int) ON x.n = d.n
  JOIN effects e ON e.livemode = d.livemode AND e.account = d.account AND e.key = x.effect
  ORDER BY x.position
  ON CONFLICT DO NOTHING
  RETURNING id
)${kinds.map((kind) => mirrorSql(tables, kind, json)).join('')}`,
    check:
      written.length === 0
        ? '1'
        : `1 / CASE WHEN ${written.join(' + ')} = (
    SELECT count(*) FROM done d JOIN json_to_recordset(${json}::json->'mirror') AS x(n int) ON x.n = d.n
  ) THEN 1 ELSE 0 END`,
  }
}

function mirrorSql(tables: TableNames, kind: MirrorKind, json: string): string {
  return `, ${kind}_input AS (
  SELECT d.livemode, d.account, x.* FROM done d
  JOIN json_to_recordset(${json}::json->'mirror') AS x(n int, kind text, id text, customer text,
    status text, data text, chain text, updated_at bigint, version text) ON x.n = d.n
  WHERE x.kind = '${kind}'
), ${kind}_rows AS (
  INSERT INTO ${tables[`${kind}s`]} AS m
    (livemode, account, id, customer, status, data, chain, updated_at)
  SELECT livemode, account, id, customer, status, data, chain, updated_at
  FROM ${kind}_input ORDER BY id
  ON CONFLICT (livemode, account, id) DO UPDATE SET customer = excluded.customer,
    status = excluded.status, data = excluded.data, chain = excluded.chain,
    updated_at = excluded.updated_at
  WHERE EXISTS (SELECT FROM ${kind}_input x WHERE x.livemode = m.livemode
    AND x.account = m.account AND x.id = m.id AND x.version = m.xmin::text)
  RETURNING 1
)`
}

/**
 * Runs it again when somebody else has written a row of the mirror since it was read.
 *
 * @param undo What the transaction needs before it goes on.
 */
export async function retryMirrorConflicts<T>(
  run: () => Promise<T>,
  undo: () => Promise<unknown> = async () => {},
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await run()
    } catch (error) {
      if (sqlStateOf(error) !== DIVISION_BY_ZERO || tries === 10) throw error
      await undo()
    }
  }
}

const DIVISION_BY_ZERO = '22012'
