import { Buffer } from 'node:buffer'
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib'

/** The fastest there is: objects of Stripe are short, and mostly names. */
const FAST = {
  // A larger buffer would only be cut down again.
  chunkSize: 4_096,
  params: { [constants.BROTLI_PARAM_QUALITY]: 0, [constants.BROTLI_PARAM_LGWIN]: 14 },
}

/** A text that is kept for long and hardly ever read again: packed, it takes a quarter of the memory, one byte to a character. */
export class PackedText {
  #text: string | undefined
  #packed = ''

  constructor(text: string) {
    this.#text = text
  }

  pack(): void {
    if (this.#text === undefined) return
    this.#packed = brotliCompressSync(this.#text, FAST).toString('latin1')
    this.#text = undefined
  }

  /** Whether it is a text, as long as that can be told at once. */
  isStill(text: string): boolean {
    return this.#text === text
  }

  toString(): string {
    return (
      this.#text ?? brotliDecompressSync(Buffer.from(this.#packed, 'latin1')).toString()
    )
  }
}

/** Has texts packed when nobody is waiting for anything. */
export class Packer {
  #waiting: PackedText[] = []

  add(text: PackedText): void {
    this.#waiting.push(text)
    // While time is moved by a month, there is no such moment.
    if (this.#waiting.length === 1) setImmediate(() => this.#packAll())
    else if (this.#waiting.length > MOST_WAITING) this.#packAll()
  }

  #packAll(): void {
    const texts = this.#waiting
    this.#waiting = []
    for (const text of texts) text.pack()
  }
}

const MOST_WAITING = 500
