import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { BillingError } from '@countersign/core'
import { guardStatement, type SqliteStatement } from './guard-statement.ts'
import { isInTransaction } from './is-in-transaction.ts'
import { refuseTransactionControl } from './refuse-transaction-control.ts'

/**
 * What `context.transaction` gives to its callback: the part of `node:sqlite`'s
 * `DatabaseSync` that belongs in a transaction. Its methods throw a BillingError
 * `transaction_closed` after the callback, and for SQL that begins or ends a transaction.
 */
export interface SqliteTransaction {
  readonly prepare: (sql: string) => SqliteStatement
  readonly exec: (sql: string) => void
}

export interface OpenTransaction {
  readonly tx: SqliteTransaction
  /** Throws when the transaction has ended. */
  readonly assertOpen: () => void
  readonly close: () => void
}

/** Prepared statements that wait for the next transaction with the same SQL. */
export type StatementCache = Map<string, StatementSync>

const CACHE_LIMIT = 200

/** Makes the handle of a transaction that has begun. */
export function openTransaction(
  db: DatabaseSync,
  cache: StatementCache,
): OpenTransaction {
  const borrowed: { readonly sql: string; readonly statement: StatementSync }[] = []
  let isOpen = true

  function assertOpen(): void {
    if (isOpen) return
    throw new BillingError(
      'transaction_closed',
      'The tx of context.transaction was used after its transaction had ended. Write in the callback alone, without await.',
    )
  }

  function guarded<T>(run: () => T): T {
    assertOpen()
    try {
      return run()
    } catch (error) {
      // A full disk or OR ROLLBACK ends it: what follows must not be committed alone.
      if (!isInTransaction(db)) isOpen = false
      throw error
    }
  }

  function prepare(sql: string): SqliteStatement {
    return guarded(() => {
      const kept = cache.get(sql)
      if (kept === undefined) refuseTransactionControl(sql)
      // Another use of the same SQL in this transaction gets a statement of its own.
      else cache.delete(sql)
      const statement = kept ?? db.prepare(sql)
      const entry = { sql, statement }
      borrowed.push(entry)
      return guardStatement(statement, guarded, () => {
        // It may be in the middle of its rows when the transaction ends.
        const index = borrowed.indexOf(entry)
        if (index >= 0) borrowed.splice(index, 1)
      })
    })
  }

  return {
    tx: {
      prepare,
      exec(sql) {
        guarded(() => {
          refuseTransactionControl(sql)
          db.exec(sql)
        })
      },
    },
    assertOpen,
    close() {
      isOpen = false
      for (const { sql, statement } of borrowed) {
        if (cache.size < CACHE_LIMIT) cache.set(sql, statement)
      }
    },
  }
}
