/** Counts work that is under way, for those who wait until none is. */
export class UnderWay {
  #count = 0
  #waiting: (() => void)[] = []

  /** @param work Never rejects. */
  add(work: Promise<void>): void {
    this.#count++
    void work.then(() => {
      this.#count--
      if (this.#count > 0) return
      const waiting = this.#waiting
      this.#waiting = []
      for (const done of waiting) done()
    })
  }

  /** Resolves when nothing is under way, at once or later. */
  async over(): Promise<void> {
    while (this.#count > 0) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
  }
}
