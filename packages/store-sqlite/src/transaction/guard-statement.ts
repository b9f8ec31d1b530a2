import type { SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite'

/** Values for the `?` of a statement; an object before them gives those with names. */
export type SqliteParameters =
  | readonly SQLInputValue[]
  | readonly [Readonly<Record<string, SQLInputValue>>, ...SQLInputValue[]]

export type SqliteRow = Record<string, SQLOutputValue>

/** A prepared statement, as `node:sqlite` has it. It works until its transaction ends. */
export interface SqliteStatement {
  readonly all: (...parameters: SqliteParameters) => SqliteRow[]
  readonly get: (...parameters: SqliteParameters) => SqliteRow | undefined
  readonly iterate: (...parameters: SqliteParameters) => IterableIterator<SqliteRow>
  readonly run: (...parameters: SqliteParameters) => {
    readonly changes: number | bigint
    readonly lastInsertRowid: number | bigint
  }
}

/** @param onIterate Called before rows are read one at a time. */
export function guardStatement(
  statement: StatementSync,
  guarded: <T>(run: () => T) => T,
  onIterate: () => void,
): SqliteStatement {
  // The overloads of `node:sqlite` take an object first or none, and no union of both.
  const plain = (parameters: SqliteParameters) => parameters as SQLInputValue[]
  return {
    all: (...parameters) => guarded(() => statement.all(...plain(parameters))),
    get: (...parameters) => guarded(() => statement.get(...plain(parameters))),
    run: (...parameters) => guarded(() => statement.run(...plain(parameters))),
    *iterate(...parameters) {
      onIterate()
      const rows = guarded(() => statement.iterate(...plain(parameters)))
      for (;;) {
        const { done, value } = guarded(() => rows.next())
        if (done) return
        yield value
      }
    },
  }
}
