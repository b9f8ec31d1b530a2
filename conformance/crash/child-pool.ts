import { rm } from 'node:fs/promises'
import type { BuiltChild } from './build-child.ts'
import { Child } from './child-process.ts'

/** Keeps processes ready that have imported everything, since a start takes longer than a life. */
export class ChildPool {
  readonly #built: BuiltChild
  readonly #size: number
  readonly #spare: Child[] = []

  private constructor(built: BuiltChild, size: number) {
    this.#built = built
    this.#size = size
  }

  static async open(built: BuiltChild, size: number): Promise<ChildPool> {
    // Only one that ends by itself leaves what it has compiled to the others.
    const first = new Child(built)
    await first.warm()
    await first.leave()
    const pool = new ChildPool(built, size)
    pool.#fill()
    return pool
  }

  take(): Child {
    const child = this.#spare.shift() ?? new Child(this.#built)
    this.#fill()
    return child
  }

  #fill(): void {
    while (this.#spare.length < this.#size) this.#spare.push(new Child(this.#built))
  }

  async close(): Promise<void> {
    await Promise.all(this.#spare.map((child) => child.kill()))
    await rm(this.#built.folder, { recursive: true, force: true })
  }
}
