/** How many webhooks are under way to one endpoint at once. Unverified against Stripe, which does not say. */
const AT_ONCE = 32

/** Lets so many tasks run at once; the others wait in the order in which they came. */
export class EndpointQueue {
  readonly #waiting: (() => void)[] = []
  #first = 0
  #running = 0

  /** @param task Resolves when the next may begin. Never rejects. */
  run(task: () => Promise<void>): void {
    const start = () => {
      this.#running++
      void task().then(() => {
        this.#running--
        this.#next()?.()
      })
    }
    if (this.#running < AT_ONCE) start()
    else this.#waiting.push(start)
  }

  #next(): (() => void) | undefined {
    const next = this.#waiting[this.#first]
    if (next === undefined) return undefined
    this.#first++
    if (this.#first > 1024 && 2 * this.#first > this.#waiting.length) {
      this.#waiting.splice(0, this.#first)
      this.#first = 0
    }
    return next
  }
}
