import type { AsyncTransaction, CommitResult, StoreWork } from '@countersign/core'
import type { Database } from '../connection/database.ts'
import { Groups } from '../connection/groups.ts'
import type { Session } from '../connection/session.ts'
import { eventIdOf } from '../inbox/event-id.ts'
import { type Marking, type Marks, markingKeys } from '../inbox/marks.ts'
import type { Channel } from '../inbox/told-sql.ts'
import type { PostgresTransaction } from './postgres-transaction.ts'
import { Recorder } from './recorder.ts'
import { WorkTransaction } from './work-transaction.ts'

/** The callback of a handler's transaction, and what is marked with it. */
export interface Work extends Marking {
  readonly work: StoreWork<AsyncTransaction<PostgresTransaction>, unknown>
}

/** What a commit came to: throws what it is to reject with. */
export type Outcome = () => CommitResult<unknown>

export interface WorkOptions {
  readonly channel: Channel
  /** How many transactions run at the same time, at most. */
  readonly concurrency: number
  /** How many events share one, at most. */
  readonly groupLimit: number
  readonly timeoutMs: number
  /** Called once messages of handlers are committed. */
  readonly onMessages: () => void
}

/** An event that has a transaction to itself since it has cost others theirs may take this many times as long. */
const PATIENCE = 6

/** Runs handlers' callbacks in transactions, which those that come at the same time may share. */
export class Works {
  readonly #options: WorkOptions
  readonly #marks: Marks
  readonly #recorder: Recorder
  readonly #groups: Groups<Work, Outcome>
  /** Those that get a transaction to themselves. */
  readonly #loners = new Set<string>()

  constructor(database: Database, marks: Marks, options: WorkOptions) {
    this.#options = options
    this.#marks = marks
    this.#recorder = new Recorder(database.tables, options.channel)
    this.#groups = new Groups<Work, Outcome>({
      keysOf: markingKeys,
      weightOf: (work) => (this.#isLoner(work) ? options.groupLimit : 1),
      limit: options.groupLimit,
      concurrency: options.concurrency,
      run: (works) => database.lend((session) => this.#run(session, works)),
    })
  }

  async add(work: Work): Promise<CommitResult<unknown>> {
    const outcome = await this.#groups.add(work)
    return outcome()
  }

  async #run(session: Session, works: readonly Work[]): Promise<readonly Outcome[]> {
    const patience = works.some((work) => this.#isLoner(work)) ? PATIENCE : 1
    const tools = {
      marks: this.#marks,
      recorder: this.#recorder,
      timeoutMs: this.#options.timeoutMs * patience,
    }
    const transaction = new WorkTransaction(session, tools, works)
    try {
      const outcomes = await transaction.run()
      for (const { lease } of works) this.#loners.delete(eventIdOf(lease.key))
      if (transaction.hasMessages) this.#options.onMessages()
      return outcomes
    } catch (error) {
      if (!transaction.hasRunWork) throw error
      // Callbacks have run, so only the next attempt may run them again: nobody gets their error to try that here.
      for (const work of transaction.suspects) this.#isolate(work)
      return works.map(() => () => {
        throw error
      })
    }
  }

  #isLoner({ lease }: Work): boolean {
    return this.#loners.has(eventIdOf(lease.key))
  }

  #isolate({ lease }: Work): void {
    // Some never come again.
    if (this.#loners.size === MOST_LONERS) this.#loners.clear()
    this.#loners.add(eventIdOf(lease.key))
  }
}

const MOST_LONERS = 1000
