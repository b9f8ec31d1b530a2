import type { DatabaseSync } from 'node:sqlite'
import { BillingError } from '@countersign/core'
import { prepare } from '../schema/prepare.ts'
import { isDatabaseFault } from '../schema/sqlite-error.ts'
import type { AnyCall, Refusal } from './call.ts'

export interface GroupOutcome {
  readonly committed: readonly AnyCall[]
  readonly refused: readonly Refusal[]
  /** To be run again, in another group: nothing of them was kept, for no fault of theirs. */
  readonly again: readonly AnyCall[]
}

/**
 * Runs calls in one transaction. What one of them throws costs no other: one that may
 * have written before it threw has a savepoint. Throws when the transaction cannot begin.
 */
export function createGroupRunner(
  db: DatabaseSync,
): (calls: readonly AnyCall[]) => GroupOutcome {
  const begin = prepare(db, 'BEGIN IMMEDIATE')
  const commit = prepare(db, 'COMMIT')
  const rollback = prepare(db, 'ROLLBACK')
  const save = prepare(db, 'SAVEPOINT countersign')
  const restore = prepare(db, 'ROLLBACK TO countersign')
  const release = prepare(db, 'RELEASE countersign')

  function rollBack(): void {
    try {
      rollback.run()
    } catch {
      // SQLite has rolled back by itself, as it does when the disk is full.
    }
  }

  /** Tells what the call threw. Throws when the transaction is no longer there. */
  function runIsolated(call: AnyCall): { readonly error: unknown } | undefined {
    save.run()
    try {
      call.write()
    } catch (error) {
      try {
        restore.run()
        release.run()
      } catch {
        throw error
      }
      return { error }
    }
    try {
      release.run()
    } catch {
      throw endedByCallback()
    }
    return undefined
  }

  return (calls) => {
    begin.run()
    const plain = calls.filter(({ isIsolated }) => !isIsolated)
    for (const call of plain) {
      try {
        call.write()
      } catch (error) {
        rollBack()
        if (isDatabaseFault(error)) return allRefused(calls, error)
        const again = calls.filter((other) => other !== call)
        return { committed: [], refused: [{ call, error }], again }
      }
    }
    const written = [...plain]
    const refused: Refusal[] = []
    const isolated =
      plain.length === calls.length ? [] : calls.filter(({ isIsolated }) => isIsolated)
    for (const [index, call] of isolated.entries()) {
      try {
        const thrown = runIsolated(call)
        if (thrown === undefined) written.push(call)
        else refused.push({ call, error: thrown.error })
      } catch (error) {
        rollBack()
        const unknown = written.map((other) => ({ call: other, error: lostWith(error) }))
        return {
          committed: [],
          refused: [...refused, { call, error }, ...unknown],
          again: isolated.slice(index + 1),
        }
      }
    }
    try {
      commit.run()
    } catch (error) {
      rollBack()
      const unknown = written.map((call) => ({ call, error }))
      return { committed: [], refused: [...refused, ...unknown], again: [] }
    }
    return { committed: written, refused, again: [] }
  }
}

function allRefused(calls: readonly AnyCall[], error: unknown): GroupOutcome {
  return { committed: [], refused: calls.map((call) => ({ call, error })), again: [] }
}

function endedByCallback(): BillingError {
  return new BillingError(
    'transaction_closed',
    'The callback of context.transaction ended the transaction itself, by COMMIT, ROLLBACK or a conflict that rolls back. The store commits after the callback, and rolls back what throws: remove that statement.',
  )
}

function lostWith(cause: unknown): Error {
  return new Error(
    'The transaction that this call shared with others ended early, so it is not known what it has written.',
    { cause },
  )
}
