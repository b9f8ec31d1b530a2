import type {
  PostgresConnection,
  PostgresQuery,
  PostgresResult,
} from './postgres-client.ts'
import { isRefusedStatement } from './postgres-error.ts'
import { Statement } from './statement.ts'
import { tooSlow, within } from './within.ts'

/** Columns as PostgreSQL's text. */
export type Row = Readonly<Record<string, string | null>>

/** A lent connection, and what is known of its state. */
export class Session {
  readonly connection: PostgresConnection
  readonly #timeoutMs: number
  readonly #prepare: boolean
  /** Something went wrong that leaves its state unknown. */
  isBroken = false

  constructor(connection: PostgresConnection, timeoutMs: number, prepare: boolean) {
    this.connection = connection
    this.#timeoutMs = timeoutMs
    this.#prepare = prepare
  }

  async run(statement: Statement, values: unknown[]): Promise<readonly Row[]> {
    const { rows } = await this.query(statement.toQuery(values, this.#prepare))
    return rows
  }

  /** For what is seldom asked: it is planned anew, with the values known. */
  async runOnce(text: string, values: unknown[]): Promise<readonly Row[]> {
    const { rows } = await this.query(new Statement(text).toQuery(values, false))
    return rows
  }

  /** Without parameters, and so possibly several statements in one round trip. */
  async command(text: string): Promise<PostgresResult> {
    return this.query({ text })
  }

  async query(query: PostgresQuery): Promise<PostgresResult> {
    try {
      return await within(this.#timeoutMs, this.connection.query(query), () =>
        tooSlow('a statement', this.#timeoutMs),
      )
    } catch (error) {
      if (!isRefusedStatement(error)) this.isBroken = true
      throw error
    }
  }

  async rollBack(): Promise<void> {
    if (this.isBroken) return
    await this.command('ROLLBACK').catch(() => {
      this.isBroken = true
    })
  }
}
