/** One statement, as `pg` takes it. */
export interface TransactionQuery {
  readonly text: string
  readonly values?: readonly unknown[] | undefined
  readonly name?: string | undefined
  readonly rowMode?: 'array' | undefined
  readonly types?: unknown
}

export interface TransactionResult<R> {
  readonly rows: R[]
  readonly rowCount: number | null
  /** `INSERT`, `UPDATE`, … */
  readonly command: string
}

/** What the callback of `context.transaction` gets: the part of a connection that is inside the transaction. */
export interface PostgresTransaction {
  /**
   * Runs one statement in the transaction.
   *
   * @throws BillingError `transaction_closed` after the end of the transaction, and for SQL that would end it.
   */
  query<R = Record<string, unknown>>(
    query: string | TransactionQuery,
    values?: readonly unknown[],
  ): Promise<TransactionResult<R>>
}
