/** How many are remembered: far more than any application has. */
const CAPACITY = 5_000

/** Requests that stripe-mock has accepted, by what of them it looks at. The one that was asked for least recently is forgotten first. */
export class AcceptedShapes {
  readonly #shapes = new Set<string>()

  has(shape: string): boolean {
    if (!this.#shapes.delete(shape)) return false
    this.#shapes.add(shape)
    return true
  }

  add(shape: string): void {
    this.#shapes.add(shape)
    if (this.#shapes.size <= CAPACITY) return
    const [oldest] = this.#shapes
    if (oldest !== undefined) this.#shapes.delete(oldest)
  }
}
