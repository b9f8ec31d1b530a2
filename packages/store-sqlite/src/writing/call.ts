/** What one call of the store does to the database. */
export interface Work<T> {
  /** Inside of the group's transaction. */
  readonly write: () => T
  /** The answer, when reading alone finds it: then nothing has to be locked. */
  readonly peek?: () => T | undefined
  /** Whether the caller relies on it: then it is told only once the disk has it. */
  readonly isRelied: (value: T) => boolean
  /** Whether it may fail after it has written something: then it is undone by itself. */
  readonly isIsolated?: boolean
}

/** A call that waits for its group. What its work gives reaches its caller alone. */
export class Call<T = unknown> {
  readonly isIsolated: boolean
  readonly #work: Work<T>
  readonly #resolve: (value: T) => void
  readonly #reject: (error: unknown) => void
  #value: T | undefined
  #deadline: number | undefined

  constructor(
    work: Work<T>,
    resolve: (value: T) => void,
    reject: (error: unknown) => void,
  ) {
    this.isIsolated = work.isIsolated === true
    this.#work = work
    this.#resolve = resolve
    this.#reject = reject
  }

  get canPeek(): boolean {
    return this.#work.peek !== undefined
  }

  /** Tells whether there is an answer now. */
  peek(): boolean {
    this.#value = this.#work.peek?.()
    return this.#value !== undefined
  }

  write(): void {
    this.#value = this.#work.write()
  }

  /** After {@link peek} or {@link write} has given an answer. */
  isRelied(): boolean {
    return this.#work.isRelied(this.#value as T)
  }

  resolve(): void {
    this.#resolve(this.#value as T)
  }

  reject(error: unknown): void {
    this.#reject(error)
  }

  /** The end of its patience, in milliseconds of `performance.now()`, counted from the first time that it was asked for. */
  deadline(now: number, timeoutMs: number): number {
    this.#deadline ??= now + timeoutMs
    return this.#deadline
  }
}

/** A call, whatever its answer. */
export type AnyCall = Pick<Call, keyof Call>

export interface Refusal {
  readonly call: AnyCall
  readonly error: unknown
}
