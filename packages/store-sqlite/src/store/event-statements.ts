import type { StatementResultingChanges, StatementSync } from 'node:sqlite'
import type {
  ClaimOptions,
  CommitMark,
  Delivery,
  EventKey,
  Lease,
  Release,
} from '@countersign/core'
import { prepare } from '../schema/prepare.ts'
import {
  EVENT_ROW,
  type EventRow,
  finishedHandlersOf,
  IS_KEY,
  keyParameters,
} from './event-row.ts'
import type { StoreContext } from './store-context.ts'

/** Each is called in a transaction. An insert changes nothing when the event is known already. */
export interface EventStatements {
  readonly find: (key: EventKey) => EventRow | undefined
  readonly insertLeased: (
    delivery: Delivery,
    options: ClaimOptions,
  ) => StatementResultingChanges
  readonly insertIdle: (
    delivery: Delivery,
    state: string,
    now: number,
  ) => StatementResultingChanges
  readonly insertDone: (delivery: Delivery, mark: CommitMark) => StatementResultingChanges
  readonly insertBody: StatementSync
  readonly lease: (key: EventKey, row: EventRow, options: ClaimOptions) => Lease
  readonly makeWait: StatementSync
  /** Tells whether the lease still held. */
  readonly mark: (lease: Lease, mark: CommitMark) => boolean
  /** Tells whether the lease still held. */
  readonly release: (lease: Lease, end: Release, now: number) => boolean
}

/** Its newest claim has neither committed nor been released: both end it. */
const IS_LEASED = `${IS_KEY} AND token = ? AND state = 'received'`

export function createEventStatements({ db, tables }: StoreContext): EventStatements {
  const { events, bodies } = tables
  const insert = (columns: string, values: string) =>
    prepare(
      db,
      `INSERT INTO ${events}
        (event_id, account, livemode, type, object_id, endpoint, created, ${columns})
      VALUES (?, ?, ?, ?, ?, ?, ?, ${values}) ON CONFLICT DO NOTHING`,
    )
  const update = (changes: string, condition = IS_LEASED) =>
    prepare(db, `UPDATE ${events} SET ${changes} WHERE ${condition}`)

  const find = prepare(db, `SELECT ${EVENT_ROW} FROM ${events} WHERE ${IS_KEY}`)
  const insertLeased = insert(
    'state, attempts, token, received_at, started_at, lease_until, due_at',
    `'received', 1, 1, ?, ?, ?, ?`,
  )
  const insertIdle = insert('state, received_at, due_at, finished_at', '?, ?, ?, ?')
  const insertDone = insert(
    'attempts, token, state, received_at, started_at, finished_at, reason, finished_handlers',
    '1, 1, ?, ?, ?, ?, ?, ?',
  )
  const lease = update(
    `state = 'received', attempts = ?, token = ?, started_at = ?, lease_until = ?, due_at = ?`,
    'seq = ?',
  )

  const addHandler = `finished_handlers = json_insert(coalesce(finished_handlers, '[]'), '$[#]', ?)`
  const done = 'lease_until = 0, due_at = NULL, state = ?, finished_at = ?, reason = ?'
  const markNothing = update('token = token')
  const markHandler = update(addHandler)
  const markDone = update(`finished_handlers = NULL, ${done}`)
  const markUnmatched = update(done)
  const markUnmatchedBy = update(`${addHandler}, ${done}`)

  // A new token ends what an earlier lease may still want to commit.
  const free = 'token = token + 1, lease_until = 0'
  const makeWait = update(
    `state = 'received', attempts = 0, due_at = 0, ${free}`,
    'seq = ?',
  )
  const fail = update(`state = 'failed', due_at = ?, last_error = ?, ${free}`)
  const bury = update(
    `state = 'dead', due_at = NULL, finished_at = ?, last_error = ?, ${free}`,
  )
  const giveBack = update(`attempts = attempts - 1, due_at = 0, ${free}`)

  function runMark(
    { key, token }: Lease,
    mark: CommitMark,
  ): { changes: number | bigint } {
    const { now, handler, state, reason = null } = mark
    const lease = [...keyParameters(key), token] as const
    if (state === 'processed' || state === 'ignored')
      return markDone.run(state, now, reason, ...lease)
    if (state === 'unmatched') {
      return handler === undefined
        ? markUnmatched.run(state, now, reason, ...lease)
        : markUnmatchedBy.run(handler, state, now, reason, ...lease)
    }
    return handler === undefined
      ? markNothing.run(...lease)
      : markHandler.run(handler, ...lease)
  }

  function runRelease(
    { key, token }: Lease,
    end: Release,
    now: number,
  ): { changes: number | bigint } {
    const lease = [...keyParameters(key), token] as const
    if (end.state === 'received') return giveBack.run(...lease)
    return end.state === 'failed'
      ? fail.run(end.retryAt, end.error, ...lease)
      : bury.run(now, end.error, ...lease)
  }

  return {
    find: (key) => find.get(...keyParameters(key)) as unknown as EventRow | undefined,
    insertLeased(delivery, { now, leaseMs }) {
      const until = now + leaseMs
      return insertLeased.run(...deliveryParameters(delivery), now, now, until, until)
    },
    insertIdle: (delivery, state, now) =>
      insertIdle.run(
        ...deliveryParameters(delivery),
        state,
        now,
        state === 'received' ? 0 : null,
        state === 'unmatched' ? now : null,
      ),
    insertDone(delivery, { now, handler, state = 'processed', reason = null }) {
      const keepsHandler = state === 'unmatched' && handler !== undefined
      return insertDone.run(
        ...deliveryParameters(delivery),
        state,
        now,
        now,
        now,
        reason,
        keepsHandler ? JSON.stringify([handler]) : null,
      )
    },
    insertBody: prepare(
      db,
      `INSERT INTO ${bodies} (seq, body) VALUES (?, ?) ON CONFLICT DO NOTHING`,
    ),
    lease(key, row, { now, leaseMs }) {
      const token = row.token + 1
      const attempt = row.attempts + 1
      const until = now + leaseMs
      lease.run(attempt, token, now, until, until, row.seq)
      return {
        key,
        token,
        attempt,
        finishedHandlers: finishedHandlersOf(row.finished_handlers),
      }
    },
    makeWait,
    mark: (lease, mark) => runMark(lease, mark).changes === 1,
    release: (lease, end, now) => runRelease(lease, end, now).changes === 1,
  }
}

function deliveryParameters({
  key,
  type,
  objectId,
  endpoint,
  created,
}: Delivery): [string, string, number, string, string, string | null, number] {
  return [...keyParameters(key), type, objectId, endpoint ?? null, created]
}
