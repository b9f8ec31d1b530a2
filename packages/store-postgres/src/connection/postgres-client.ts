/** One statement, as `pg` takes it. */
export interface PostgresQuery {
  readonly text: string
  readonly values?: unknown[]
  /** Of a prepared statement. */
  readonly name?: string | undefined
  readonly types?: unknown
  readonly queryMode?: string
}

export interface PostgresResult {
  // biome-ignore lint/suspicious/noExplicitAny: a driver's rows have any column
  readonly rows: any[]
  readonly rowCount: number | null
  readonly command: string
}

/** One connection to PostgreSQL, such as a connected `Client` of `pg`. */
export interface PostgresConnection {
  query(query: PostgresQuery): Promise<PostgresResult>
  on(event: 'error', listener: (error: Error) => void): unknown
  removeListener(event: 'error', listener: (error: Error) => void): unknown
}

/** A connection that a pool has lent. */
export interface PooledConnection extends PostgresConnection {
  /** @param destroy `true` closes the connection, since nobody knows what state it is in. */
  release(destroy?: boolean): void
}

/** A pool of connections, such as a `Pool` of `pg`. */
export interface PostgresPool {
  readonly totalCount: number
  connect(): Promise<PooledConnection>
}

/**
 * What the store works on: a pool of `pg`, a connected client of `pg`, or what an ORM on
 * top of them has. It stays yours: the store never closes it.
 */
export type PostgresClient = PostgresPool | PostgresConnection
