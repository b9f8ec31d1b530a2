import type { DueKind } from '@countersign/core'

type Listener = (due: DueKind) => void

/** What hears of other processes' work. */
export interface Source {
  readonly open: () => void
  readonly close: () => void
}

/** Those in this process that want to know when something has become due. */
export class Watchers {
  readonly #listeners = new Set<Listener>()
  readonly #source: Source | undefined

  /** @param source Is open while anybody watches. */
  constructor(source: (wake: Listener) => Source | undefined) {
    this.#source = source((due) => this.wake(due))
  }

  /** Gives the function that ends it. */
  watch(listener: Listener): () => void {
    // Apart from the same function given twice.
    const own: Listener = (due) => listener(due)
    if (this.#listeners.size === 0) this.#source?.open()
    this.#listeners.add(own)
    return () => {
      const isLast = this.#listeners.delete(own) && this.#listeners.size === 0
      if (isLast) this.#source?.close()
    }
  }

  wake(due: DueKind): void {
    for (const listener of this.#listeners) listener(due)
  }
}
