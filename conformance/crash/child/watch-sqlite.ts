// Makes steps of what goes to SQLite and to the disk, without any hook in the store.
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { DatabaseSync, StatementSync } from 'node:sqlite'
import { nameOfSql } from './name-of-sql.ts'
import type { Steps } from './steps.ts'

export function watchSqlite(steps: Steps): void {
  const statements = StatementSync.prototype
  for (const method of ['all', 'get', 'run'] as const) {
    const original = statements[method] as (...values: unknown[]) => unknown
    const watched = function (this: StatementSync, ...values: unknown[]): unknown {
      return steps.around(`sql ${nameOfSql(this.sourceSQL)}`, () =>
        original.apply(this, values),
      )
    }
    Object.defineProperty(statements, method, { value: watched })
  }
  const { exec } = DatabaseSync.prototype
  DatabaseSync.prototype.exec = function (sql) {
    steps.around(`sql ${nameOfSql(sql)}`, () => exec.call(this, sql))
  }
  const { fdatasync } = fs
  const watched = (descriptor: number, callback: fs.NoParamCallback) => {
    steps.reached('sync:before')
    fdatasync(descriptor, (error) => {
      steps.reached('sync:after')
      callback(error)
    })
    steps.reached('sync:begun')
  }
  Object.defineProperty(fs, 'fdatasync', { value: watched })
  syncBuiltinESMExports()
}
