import type { Clock } from '../runtime/clock.ts'

/** Lets one waiter sleep until it rings. It also rings for whoever begins to wait later, until it is reset. */
export class Alarm {
  readonly #clock: Clock
  #isRinging = false
  #end: (() => void) | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  ring(): void {
    this.#isRinging = true
    this.#end?.()
  }

  /** What has rung so far is known. */
  reset(): void {
    this.#isRinging = false
  }

  /** Waits until it rings, and for so many milliseconds at most. */
  wait(limitMs?: number): Promise<void> {
    if (this.#isRinging) {
      this.#isRinging = false
      return Promise.resolve()
    }
    return new Promise((resolve) => {
      const timer =
        limitMs === undefined ? undefined : this.#clock.setTimeout(() => end(), limitMs)
      const end = () => {
        if (timer !== undefined) this.#clock.clearTimeout(timer)
        this.#end = undefined
        this.#isRinging = false
        resolve()
      }
      this.#end = end
    })
  }
}
