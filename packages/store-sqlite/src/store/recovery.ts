import type { RecoveryStore } from '@countersign/core'
import { prepare } from '../schema/prepare.ts'
import type { EventStatements } from './event-statements.ts'
import { createListEvents } from './list-events.ts'
import { createPrune } from './prune.ts'
import type { StoreContext } from './store-context.ts'

const always = () => true

export function createRecovery(
  context: StoreContext,
  statements: EventStatements,
): RecoveryStore {
  const { db, tables, due, read, write } = context
  const { events, bodies, checkpoints } = tables
  const requeue = prepare(
    db,
    `UPDATE ${events} SET state = 'received', attempts = 0, token = token + 1,
      lease_until = 0, due_at = 0, finished_at = NULL, reason = NULL, requeued_at = ?,
      finished_handlers = iif(?, NULL, finished_handlers)
    WHERE seq = ? AND lease_until <= ? AND NOT (state = 'received' AND due_at = 0)
      AND seq IN (SELECT seq FROM ${bodies})`,
  )
  const skip = prepare(
    db,
    `UPDATE ${events} SET state = 'skipped', token = token + 1, lease_until = 0,
      due_at = NULL, finished_at = ?, reason = ?
    WHERE seq = ? AND lease_until <= ? AND state <> 'processed'`,
  )
  const readCheckpoint = prepare(db, `SELECT value FROM ${checkpoints} WHERE name = ?`)
  const writeCheckpoint = prepare(
    db,
    `INSERT INTO ${checkpoints} (name, value) VALUES (?, ?)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value`,
  )

  return {
    list: createListEvents(context),
    prune: createPrune(context),

    requeue: (keys, { now, again }) =>
      write({
        write() {
          let count = 0
          for (const key of keys) {
            const row = statements.find(key)
            if (row === undefined) continue
            count += Number(requeue.run(now, again ? 1 : 0, row.seq, now).changes)
          }
          if (count > 0) due.note('event')
          return count
        },
        isRelied: always,
      }),

    skip: (key, { now, reason }) =>
      write({
        write() {
          const row = statements.find(key)
          return row !== undefined && skip.run(now, reason, row.seq, now).changes === 1
        },
        isRelied: always,
      }),

    readCheckpoint: (name) =>
      read(() => {
        const value = readCheckpoint.get(name)?.value
        return value === undefined ? undefined : String(value)
      }),

    writeCheckpoint: (name, value) =>
      write({
        write() {
          writeCheckpoint.run(name, value)
        },
        isRelied: always,
      }),
  }
}
