import type { PostgresResult } from '../connection/postgres-client.ts'
import type { Session } from '../connection/session.ts'

const SAVEPOINT = 'SAVEPOINT countersign'

/** A transaction with one savepoint at a time, in as few round trips as that takes. */
export class Savepoint {
  readonly #session: Session
  #state: 'none' | 'fresh' | 'used' = 'none'

  constructor(session: Session) {
    this.#session = session
  }

  /** @param isProtected Whether the savepoint is set at once, for {@link protect}. */
  async begin(isProtected: boolean): Promise<void> {
    await this.#session.command(isProtected ? `BEGIN; ${SAVEPOINT}` : 'BEGIN')
    if (isProtected) this.#state = 'fresh'
  }

  /** From here on {@link undo} undoes what is written, and no more. */
  async protect(): Promise<void> {
    if (this.#state === 'none') await this.#session.command(SAVEPOINT)
    if (this.#state === 'used')
      await this.#session.command(`RELEASE ${SAVEPOINT}; ${SAVEPOINT}`)
    this.#state = 'used'
  }

  async undo(): Promise<void> {
    await this.#session.command(`ROLLBACK TO ${SAVEPOINT}`)
  }

  async commit(): Promise<void> {
    // Where the savepoint is gone, a callback has ended the transaction, and this says so.
    const text = this.#state === 'none' ? 'COMMIT' : `RELEASE ${SAVEPOINT}; COMMIT`
    const result: PostgresResult | readonly PostgresResult[] =
      await this.#session.command(text)
    const last = Array.isArray(result) ? result.at(-1) : result
    if (last?.command === 'ROLLBACK')
      throw new Error('PostgreSQL rolled the transaction back instead of committing it.')
  }
}
