/**
 * A promise that knows whether anybody waits for it, and that can go without being waited
 * for: what it rejects with is then in `outcome`, and not an unhandled rejection.
 */
export class WatchedPromise<T> extends Promise<T> {
  /** `await` calls `then` of every promise that is not a plain one. */
  isWatched = false
  isSettled = false
  /** What it failed with, or `undefined`. Never rejects. */
  readonly outcome: Promise<{ readonly error: unknown } | undefined>

  static override get [Symbol.species](): PromiseConstructor {
    return Promise
  }

  constructor(executor: ConstructorParameters<typeof Promise<T>>[0]) {
    super(executor)
    this.outcome = super.then(
      () => {
        this.isSettled = true
        return undefined
      },
      (error: unknown) => {
        this.isSettled = true
        return { error }
      },
    )
  }

  // biome-ignore lint/suspicious/noThenProperty: to be called is what it is about
  override then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.isWatched = true
    return super.then(onFulfilled, onRejected)
  }
}
