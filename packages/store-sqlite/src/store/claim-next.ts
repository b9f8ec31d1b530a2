import type {
  ClaimedBatch,
  ClaimedEvent,
  ClaimNextOptions,
  Delivery,
  EventKey,
} from '@countersign/core'
import { prepare } from '../schema/prepare.ts'
import {
  EVENT_ROW,
  type EventRow,
  IS_KEY,
  isHeld,
  keyParameters,
  latestLeaseEnd,
} from './event-row.ts'
import type { EventStatements } from './event-statements.ts'
import type { StoreContext } from './store-context.ts'

interface Candidate extends EventRow {
  readonly account: string
  readonly event_id: string
  readonly type: string
  readonly object_id: string
  readonly endpoint: string | null
  readonly created: number
  readonly due_at: number
  /** Its account and object, as one text. */
  readonly object: string
}

/** Objects as JSON, to be left out by the database itself: one of them may have thousands of events. */
const IS_FREE = `(object_id = '' OR json_array(account, object_id) NOT IN (SELECT value FROM json_each(?)))`
const CANDIDATE = `${EVENT_ROW}, account, event_id, type, object_id, endpoint, created, due_at,
  json_array(account, object_id) AS object`
/** What the partial index promises, word for word, as SQLite wants it in order to use the index. */
const IS_INDEXED = `state NOT IN ('processed', 'ignored')`

/** Gives what leases due events; it is called in a transaction. */
export function createClaimNext(
  { db, tables: { events, bodies } }: StoreContext,
  statements: EventStatements,
): (options: ClaimNextOptions) => ClaimedBatch {
  const open = (state: string) => `livemode = ? AND state = '${state}' AND ${IS_INDEXED}`
  // Those that end in this time are due again, in the order in which they came.
  const endLeases = prepare(
    db,
    `UPDATE ${events} SET due_at = 0, lease_until = 0
    WHERE ${open('received')} AND due_at > ? AND due_at <= ?`,
  )
  const held = prepare(
    db,
    `SELECT DISTINCT json_array(account, object_id) AS object FROM ${events}
    WHERE ${open('received')} AND due_at > ? AND due_at <= ? AND object_id <> ''`,
  )
  const waiting = prepare(
    db,
    `SELECT ${CANDIDATE} FROM ${events}
    WHERE ${open('received')} AND due_at = 0 AND seq > ? AND ${IS_FREE}
    ORDER BY seq LIMIT ?`,
  )
  const failed = prepare(
    db,
    `SELECT ${CANDIDATE} FROM ${events}
    WHERE ${open('failed')} AND (due_at, seq) > (?, ?) AND due_at <= ? AND ${IS_FREE}
    ORDER BY due_at, seq LIMIT ?`,
  )
  const byKey = prepare(
    db,
    `SELECT ${CANDIDATE} FROM ${events}
    WHERE ${IS_KEY} AND state IN ('received', 'failed')`,
  )
  const nextOf = (state: string) =>
    prepare(
      db,
      `SELECT due_at FROM ${events} WHERE ${open(state)}
        AND seq NOT IN (SELECT value FROM json_each(?))
      ORDER BY due_at LIMIT 1`,
    )
  const nextReceived = nextOf('received')
  const nextFailed = nextOf('failed')
  const body = prepare(db, `SELECT body FROM ${bodies} WHERE seq = ?`)

  function claim(row: Candidate, options: ClaimNextOptions): ClaimedEvent {
    const key: EventKey = {
      livemode: options.livemode,
      account: row.account,
      eventId: row.event_id,
    }
    const found = body.get(row.seq)?.body
    const delivery: Delivery = {
      key,
      type: row.type,
      objectId: row.object_id,
      endpoint: row.endpoint ?? undefined,
      created: row.created,
      body: found instanceof Uint8Array ? found : new Uint8Array(),
    }
    return { delivery, lease: statements.lease(key, row, options) }
  }

  /** Of each object one, until `limit` are picked: `busy` grows by their objects. */
  function pickFrom(
    next: (last: Candidate | undefined, limit: number) => readonly Candidate[],
    picked: Candidate[],
    busy: Set<string>,
    limit: number,
  ): void {
    let last: Candidate | undefined
    while (picked.length < limit) {
      // More than are wanted, since some may be of one object.
      const rows = next(last, limit)
      for (const row of rows) {
        if (picked.length < limit && take(row, busy)) picked.push(row)
      }
      last = rows.at(-1)
      if (rows.length < limit) return
    }
  }

  function pickDue({ now, livemode, limit }: ClaimNextOptions, busy: Set<string>) {
    const mode = livemode ? 1 : 0
    const busyNow = () => JSON.stringify([...busy])
    const picked: Candidate[] = []
    pickFrom(
      (last, size) => rowsOf(waiting.all(mode, last?.seq ?? 0, busyNow(), size)),
      picked,
      busy,
      limit,
    )
    pickFrom(
      (last, size) =>
        rowsOf(
          failed.all(mode, last?.due_at ?? -1, last?.seq ?? 0, now, busyNow(), size),
        ),
      picked,
      busy,
      limit,
    )
    return picked
  }

  return (options) => {
    const { now, livemode, limit, keys } = options
    const mode = livemode ? 1 : 0
    endLeases.run(mode, 0, now)
    // Made before the clock jumped back.
    endLeases.run(mode, latestLeaseEnd(options), Number.MAX_SAFE_INTEGER)
    const busy = new Set(
      held.all(mode, now, latestLeaseEnd(options)).map(({ object }) => String(object)),
    )
    if (keys !== undefined) {
      const rows = keys
        .filter((key) => key.livemode === livemode)
        .flatMap((key) => rowsOf(byKey.all(...keyParameters(key))))
        .sort(byTurn)
      const picked = rows
        .filter((row) => !isHeld(row.lease_until, options) && take(row, busy))
        .slice(0, limit)
      const left = rows.filter((row) => !picked.includes(row))
      return {
        events: picked.map((row) => claim(row, options)),
        nextDueAt: earliest(left.map((row) => row.due_at)),
      }
    }
    const picked = pickDue(options, busy)
    const events = picked.map((row) => claim(row, options))
    const claimed = JSON.stringify(picked.map(({ seq }) => seq))
    const nextDueAt = () =>
      earliest(
        [nextReceived, nextFailed].flatMap((next) => {
          const row = next.get(mode, claimed)
          return row === undefined ? [] : [Number(row.due_at)]
        }),
      )
    return { events, nextDueAt: events.length < limit ? nextDueAt() : undefined }
  }
}

/** Tells whether no other event of its object is being worked on. */
function take({ object_id: id, object }: Candidate, busy: Set<string>): boolean {
  if (id === '') return true
  if (busy.has(object)) return false
  busy.add(object)
  return true
}

function byTurn(one: Candidate, other: Candidate): number {
  if (one.state !== other.state) return one.state === 'received' ? -1 : 1
  return one.state === 'received'
    ? one.seq - other.seq
    : one.due_at - other.due_at || one.seq - other.seq
}

function rowsOf(rows: readonly object[]): readonly Candidate[] {
  return rows as readonly Candidate[]
}

function earliest(times: readonly number[]): number | undefined {
  return times.length === 0 ? undefined : Math.min(...times)
}
