import type { AsyncTransaction, OutboxMessage, Recording } from '@countersign/core'
import type { PostgresQuery } from '../connection/postgres-client.ts'
import { sqlStateOf } from '../connection/postgres-error.ts'
import type { Row } from '../connection/session.ts'
import { closedTransaction, Handle } from './handle.ts'
import type { PostgresTransaction } from './postgres-transaction.ts'
import type { Outcome, Work } from './works.ts'

/** What a callback asks of the transaction. */
export type Ask = {
  readonly resolve: (answer: unknown) => void
  readonly reject: (error: unknown) => void
} & AskedFor

export type RecordingAsk = Exclude<Ask, { kind: 'query' }>

type AskedFor =
  | { readonly kind: 'query'; readonly query: PostgresQuery }
  | { readonly kind: 'effect'; readonly key: string }
  | { readonly kind: 'message'; readonly key: string; readonly message: OutboxMessage }

type Ending =
  | { readonly isOk: true; readonly value: unknown }
  | { readonly isOk: false; readonly error: unknown }

/**
 * How its event is marked: not yet; under a savepoint, a rollback to which takes the mark
 * back; or outside of one, with what its row was before.
 */
export type MarkState = 'later' | 'protected' | { readonly before: Row }

/** One callback in a transaction that others may share. What it asks for waits until somebody does it. */
export class Participant {
  readonly work: Work
  /** What it has recorded outside of a savepoint. */
  readonly unprotected: RecordingAsk[] = []
  readonly #wake: () => void
  readonly #asks: Ask[] = []
  #marked: MarkState = 'later'
  #mayAsk = true
  #ending: Ending | undefined
  /** What PostgreSQL refused, after which it takes nothing but a rollback; `undefined` while all is well. */
  #refusal: { readonly error: unknown } | undefined
  #doom: { readonly error: unknown } | undefined
  #outcome: Outcome | undefined

  /** @param wake Called when it asks for something, and when it ends. */
  constructor(work: Work, wake: () => void) {
    this.work = work
    this.#wake = wake
  }

  get marked(): MarkState {
    return this.#marked
  }

  /** The next thing to do for it. */
  get ask(): Ask | undefined {
    return this.#asks[0]
  }

  get isOpen(): boolean {
    return this.#outcome === undefined
  }

  /** It runs without having asked for anything. */
  get isBusy(): boolean {
    return (
      this.#marked !== 'later' && this.#ending === undefined && this.ask === undefined
    )
  }

  /** It has ended, and all that it had asked for is done. */
  get hasEnded(): boolean {
    return this.#ending !== undefined && this.ask === undefined
  }

  get outcome(): Outcome {
    return this.#outcome ?? LOST
  }

  start(marked: MarkState): void {
    this.#marked = marked
    const tx: PostgresTransaction = new Handle((query) =>
      this.#askFor({ kind: 'query', query }),
    )
    const recording: Recording<AsyncTransaction<PostgresTransaction>> = {
      effect: (key) => this.#askFor<boolean>({ kind: 'effect', key }),
      outbox: (message) =>
        this.#askFor<boolean>({ kind: 'message', key: message.key, message }),
    }
    const run = async () => this.work.work(tx, recording)
    run().then(
      (value) => this.#end({ isOk: true, value }),
      (error) => this.#end({ isOk: false, error }),
    )
  }

  answer(value: unknown): void {
    // What PostgreSQL takes after a refusal is a rollback to a savepoint.
    this.#refusal = undefined
    this.#asks.shift()?.resolve(value)
  }

  refuse(error: unknown): void {
    if (sqlStateOf(error) !== undefined) this.#refusal ??= { error }
    this.#asks.shift()?.reject(error)
  }

  /** Whatever it does from now on, nothing of it is kept. */
  doom(error: unknown): void {
    this.#doom = { error }
    this.#asks.shift()?.reject(error)
  }

  /** Tells whether what it has written is to be kept. */
  conclude(): boolean {
    const ending = this.#ending
    const failure = this.#doom ?? this.#refusal
    if (ending?.isOk === true && failure === undefined) {
      const { value } = ending
      this.#outcome = () => ({ committed: true, value })
      return true
    }
    const error = ending?.isOk === false ? ending.error : failure?.error
    this.#outcome = () => {
      throw error
    }
    return false
  }

  /** Its event is somebody else's by now. */
  lose(): void {
    this.#outcome = LOST
  }

  /** The transaction is gone: whoever still waits for an answer gets this error. */
  abandon(error: unknown): void {
    this.#mayAsk = false
    for (const ask of this.#asks.splice(0)) ask.reject(error)
  }

  #end(ending: Ending): void {
    this.#mayAsk = false
    this.#ending = ending
    this.#wake()
  }

  #askFor<T>(asked: AskedFor): Promise<T> {
    if (!this.#mayAsk) return Promise.reject(closedTransaction())
    return new Promise<T>((resolve, reject) => {
      this.#asks.push({
        ...asked,
        resolve: resolve as (answer: unknown) => void,
        reject,
      })
      this.#wake()
    })
  }
}

const LOST: Outcome = () => ({ committed: false })
