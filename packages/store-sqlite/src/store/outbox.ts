import type { ClaimedMessage, OutboxStore } from '@countersign/core'
import { prepare } from '../schema/prepare.ts'
import { latestLeaseEnd } from './event-row.ts'
import type { StoreContext } from './store-context.ts'

interface MessageRow {
  readonly id: number
  readonly account: string
  readonly topic: string
  readonly key: string
  readonly payload: string
  readonly attempts: number
  readonly token: number
}

const always = () => true
const never = () => false

export function createOutbox({ db, tables, due, write }: StoreContext): OutboxStore {
  const { outbox } = tables
  // Made before the clock jumped back.
  const endLeases = prepare(
    db,
    `UPDATE ${outbox} SET due_at = 0, lease_until = 0
    WHERE livemode = ? AND lease_until > 0 AND lease_until > ?`,
  )
  const select = prepare(
    db,
    `SELECT id, account, topic, key, payload, attempts, token FROM ${outbox}
    WHERE livemode = ? AND due_at <= ? ORDER BY due_at, id LIMIT ?`,
  )
  const lease = prepare(
    db,
    `UPDATE ${outbox} SET attempts = ?, token = ?, lease_until = ?, due_at = ? WHERE id = ?`,
  )
  const next = prepare(
    db,
    `SELECT due_at FROM ${outbox} WHERE livemode = ? AND due_at IS NOT NULL
      AND id NOT IN (SELECT value FROM json_each(?))
    ORDER BY due_at LIMIT 1`,
  )
  const isLeased = 'id = ? AND token = ? AND lease_until > 0'
  const retry = prepare(
    db,
    `UPDATE ${outbox} SET lease_until = 0, due_at = ?, last_error = ? WHERE ${isLeased}`,
  )
  const finish = prepare(
    db,
    `UPDATE ${outbox} SET lease_until = 0, due_at = NULL, state = ?, last_error = ?, sent_at = ?
    WHERE ${isLeased}`,
  )

  return {
    claimNext: ({ livemode, limit, ...options }) =>
      write({
        write() {
          const mode = livemode ? 1 : 0
          const { now, leaseMs } = options
          const until = now + leaseMs
          endLeases.run(mode, latestLeaseEnd(options))
          const rows = select.all(mode, now, limit) as unknown as MessageRow[]
          const messages = rows.map((row): ClaimedMessage => {
            const { id, account, topic, key } = row
            const attempt = row.attempts + 1
            const token = row.token + 1
            lease.run(attempt, token, until, until, id)
            const payload: unknown = JSON.parse(row.payload)
            return { id, token, livemode, account, topic, key, attempt, payload }
          })
          if (rows.length === limit) return { messages, nextDueAt: undefined }
          const claimed = JSON.stringify(rows.map(({ id }) => id))
          const dueAt = next.get(mode, claimed)?.due_at
          return { messages, nextDueAt: dueAt === undefined ? undefined : Number(dueAt) }
        },
        isRelied: never,
      }),

    settle: ({ id, token }, result, { now }) =>
      write({
        write() {
          if (result.state === 'failed') {
            const { changes } = retry.run(result.retryAt, result.error, id, token)
            if (changes === 1) due.note('message')
            return
          }
          const error = result.state === 'dead' ? result.error : null
          const sentAt = result.state === 'sent' ? now : null
          finish.run(result.state, error, sentAt, id, token)
        },
        isRelied: always,
      }),
  }
}
