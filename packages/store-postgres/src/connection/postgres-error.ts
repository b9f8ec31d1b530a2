/** An error of the server has a code of five characters, and none begins with E, as those of Node do. */
export function sqlStateOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' && /^[0-9A-DF-Z][0-9A-Z]{4}$/.test(code)
    ? code
    : undefined
}

/** Whether the connection can still be used: the server has refused one statement, and nothing else has happened. */
export function isRefusedStatement(error: unknown): boolean {
  const code = sqlStateOf(error)
  return code !== undefined && !/^(08|57P|25P03|25P04)/.test(code)
}

/** Whether one row of a statement for many can be to blame, so that each is worth a statement of its own. */
export function isRowError(error: unknown): boolean {
  return (
    isRefusedStatement(error) &&
    !/^(25|42|53|55000|57|58|XX)/.test(sqlStateOf(error) ?? '')
  )
}
