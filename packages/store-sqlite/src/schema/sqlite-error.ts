const SQLITE_BUSY = 5
const SQLITE_LOCKED = 6

/** What a statement or a value causes, and that says nothing about the database. */
const HARMLESS: readonly number[] = [1, 18, 19, 20, 25]

/** SQLite's primary result code, or `undefined` for an error that is none of SQLite's. */
function codeOf(error: unknown): number | undefined {
  const isSqliteError =
    typeof error === 'object' &&
    error !== null &&
    'errcode' in error &&
    typeof error.errcode === 'number'
  // The lower eight bits of an extended code are the primary one.
  return isSqliteError ? Number(error.errcode) & 0xff : undefined
}

/** Whether another connection is in the way, or the application has a transaction open on this one. */
export function isBusy(error: unknown): boolean {
  const code = codeOf(error)
  if (code === SQLITE_BUSY || code === SQLITE_LOCKED) return true
  return (
    code === 1 &&
    error instanceof Error &&
    error.message === 'cannot start a transaction within a transaction'
  )
}

/** Whether the database itself is at fault, so that the next statement would fare no better. */
export function isDatabaseFault(error: unknown): boolean {
  const code = codeOf(error)
  return code !== undefined && !HARMLESS.includes(code)
}
