// Makes steps of what goes to PostgreSQL, without any hook in the store or in pg-boss.
import pg from 'pg'
import { nameOfSql } from './name-of-sql.ts'
import type { Steps } from './steps.ts'

export function watchPostgres(steps: Steps): void {
  const { query } = pg.Client.prototype
  const original = query as (...values: unknown[]) => unknown
  const watched = function (this: pg.Client, ...values: unknown[]): unknown {
    const step = `sql ${nameOfSql(textOf(values[0]))}`
    steps.reached(`${step}:before`)
    let isAnswered = false
    const answered = (error: unknown) => {
      isAnswered = true
      if (!error) steps.reached(`${step}:after`)
    }
    const callback = values.at(-1)
    if (typeof callback === 'function') {
      values.splice(-1, 1, (...answer: unknown[]) => {
        answered(answer[0])
        callback(...answer)
      })
    }
    const result = original.apply(this, values)
    if (result instanceof Promise) result.then(() => answered(undefined), answered)
    // By then it is on its way, and PostgreSQL runs it whatever becomes of this process.
    setImmediate(() => {
      if (!isAnswered) steps.reached(`${step}:sent`)
    })
    return result
  }
  Object.defineProperty(pg.Client.prototype, 'query', { value: watched })
}

function textOf(query: unknown): string {
  if (typeof query === 'string') return query
  return typeof query === 'object' && query !== null && 'text' in query
    ? String(query.text)
    : ''
}
