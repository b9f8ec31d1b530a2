/**
 * Puts a body together that arrives in pieces, for adapters. One that arrives in one piece
 * is not copied. However small the pieces are, it takes no more memory than twice the body.
 */
export class BodyBuffer {
  #bytes: Uint8Array = new Uint8Array()
  #length = 0
  #isDropped = false
  readonly #announced: number

  /** @param announced The length that its sender has announced, in bytes: more is not set aside before it has come. What is no length counts as none. */
  constructor(announced: number | undefined) {
    const isLength = announced !== undefined && announced >= 0
    this.#announced = isLength ? announced : Number.POSITIVE_INFINITY
  }

  /** How many bytes have arrived. */
  get length(): number {
    return this.#length
  }

  add(piece: Uint8Array): void {
    const length = this.#length + piece.length
    if (this.#isDropped) {
      // Only counted.
    } else if (this.#length === 0) {
      this.#bytes = piece
    } else {
      if (length > this.#bytes.length) {
        const twice = 2 * this.#bytes.length
        // Once more has come than was announced, the announcement bounds nothing any more.
        const roomy = length > this.#announced ? twice : Math.min(twice, this.#announced)
        const grown = new Uint8Array(Math.max(length, roomy))
        grown.set(this.#bytes.subarray(0, this.#length))
        this.#bytes = grown
      }
      this.#bytes.set(piece, this.#length)
    }
    this.#length = length
  }

  /** Lets go of what has arrived, and only counts what still comes. */
  drop(): void {
    this.#isDropped = true
    this.#bytes = new Uint8Array()
  }

  /** What has arrived so far. Empty after {@link drop}. */
  toBytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }
}
