import { refuseOtherVersion } from '../migrations/schema-version.ts'
import type { TableNames } from '../schema/table-names.ts'
import type { Lender, Lent } from './lender.ts'
import { type Row, Session } from './session.ts'
import type { Statement } from './statement.ts'
import { tooSlow, within } from './within.ts'

export interface DatabaseOptions {
  readonly tables: TableNames
  readonly timeoutMs: number
  readonly prepare: boolean
}

/** The store's way to the database: everything in bounded time, and a connection that failed is not used again. */
export class Database {
  readonly tables: TableNames
  readonly #lender: Lender
  readonly #options: DatabaseOptions
  #isRightVersion = false

  constructor(lender: Lender, options: DatabaseOptions) {
    this.#lender = lender
    this.#options = options
    this.tables = options.tables
  }

  /** One statement, which is a transaction of its own. */
  run(statement: Statement, values: unknown[]): Promise<readonly Row[]> {
    return this.lend((session) => session.run(statement, values))
  }

  transaction<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.lend(async (session) => {
      try {
        await session.command('BEGIN')
        const value = await work(session)
        await session.command('COMMIT')
        return value
      } catch (error) {
        await session.rollBack()
        throw error
      }
    })
  }

  async lend<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.lendAnyVersion(async (session) => {
      if (!this.#isRightVersion) {
        await refuseOtherVersion(session, this.tables)
        this.#isRightVersion = true
      }
      return work(session)
    })
  }

  async lendAnyVersion<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const { timeoutMs, prepare } = this.#options
    const lent = await this.#borrow(timeoutMs)
    const session = new Session(lent.connection, timeoutMs, prepare)
    try {
      return await work(session)
    } finally {
      lent.giveBack(session.isBroken)
    }
  }

  async #borrow(timeoutMs: number): Promise<Lent> {
    const lent = this.#lender()
    try {
      return await within(timeoutMs, lent, () =>
        tooSlow('getting a connection', timeoutMs),
      )
    } catch (error) {
      lent.then(
        ({ giveBack }) => giveBack(false),
        () => {},
      )
      throw error
    }
  }
}
