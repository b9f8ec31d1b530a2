import { setImmediate as nextTurn } from 'node:timers/promises'
import type { RecoveryStore } from '@countersign/core'
import { prepare } from '../schema/prepare.ts'
import type { StoreContext } from './store-context.ts'

/** So many are looked at, or deleted, before others have their turn. */
const BATCH = 500

const IS_DONE = `state IN ('processed', 'ignored', 'skipped')`
const CHANGED = 'coalesce(finished_at, received_at)'

interface OldRow {
  readonly seq: number
  readonly received_at: number
  readonly is_old: number
}

const never = () => false

/** Deletes oldest first, in small transactions, and goes on where it stopped. */
export function createPrune({
  db,
  tables: { events, bodies },
  write,
  read,
}: StoreContext): RecoveryStore['prune'] {
  const isOld = `${IS_DONE} AND ${CHANGED} < ?`
  const columns = `events.seq, received_at, (${isOld}) AS is_old`
  const selectBodies = prepare(
    db,
    `SELECT ${columns} FROM ${bodies} AS bodies JOIN ${events} AS events USING (seq)
    WHERE bodies.seq > ? ORDER BY bodies.seq LIMIT ${BATCH}`,
  )
  const selectEvents = prepare(
    db,
    `SELECT ${columns} FROM ${events} AS events WHERE seq > ? ORDER BY seq LIMIT ${BATCH}`,
  )
  const deleteBody = prepare(
    db,
    `DELETE FROM ${bodies} WHERE seq IN (SELECT seq FROM ${events} WHERE seq = ? AND ${isOld})`,
  )
  const deleteEvent = prepare(db, `DELETE FROM ${events} WHERE seq = ? AND ${isOld}`)
  const deleteBodyOf = prepare(db, `DELETE FROM ${bodies} WHERE seq = ?`)

  function pruner(
    select: typeof selectBodies,
    remove: (seq: number, before: number) => number | bigint,
  ): (before: number | undefined, limit: number) => Promise<number> {
    let position = 0

    return async (before, limit) => {
      let count = 0
      while (before !== undefined && count < limit) {
        const rows = await read(
          () => select.all(before, position) as unknown as readonly OldRow[],
        )
        const old = rows.filter((row) => row.is_old === 1).slice(0, limit - count)
        if (old.length > 0) {
          count += await write({
            write: () =>
              old.reduce((sum, { seq }) => sum + Number(remove(seq, before)), 0),
            isRelied: never,
          })
        }
        const last = rows.at(-1)
        // Events come in the order of time, so that nothing after it is old enough.
        const isEnd = rows.length < BATCH || (last?.received_at ?? before) >= before
        const reached = count < limit ? last : old.at(-1)
        position = isEnd ? 0 : (reached?.seq ?? 0)
        if (isEnd) break
        await nextTurn()
      }
      return count
    }
  }

  const pruneBodies = pruner(
    selectBodies,
    (seq, before) => deleteBody.run(seq, before).changes,
  )
  const pruneEvents = pruner(selectEvents, (seq, before) => {
    const { changes } = deleteEvent.run(seq, before)
    if (changes === 1) deleteBodyOf.run(seq)
    return changes
  })

  return async ({ bodiesBefore, eventsBefore, limit }) => ({
    events: await pruneEvents(eventsBefore, limit),
    bodies: await pruneBodies(bodiesBefore, limit),
  })
}
