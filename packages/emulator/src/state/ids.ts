import { Buffer } from 'node:buffer'
import { createHash, randomBytes } from 'node:crypto'

const LETTERS = Buffer.from(
  '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
)

/** Makes ids and other characters of chance; the same ones from the same seed. They keep nothing secret. */
export class Random {
  readonly #state: Uint32Array

  /** @param seed Default: another one every time. */
  constructor(seed: number | string = randomBytes(16).toString('hex')) {
    const digest = createHash('sha256').update(String(seed)).digest()
    this.#state = Uint32Array.from({ length: 4 }, (_, index) =>
      digest.readUInt32LE(index * 4),
    )
  }

  /** 32 bits, by Bob Jenkins' small fast generator (sfc32). */
  #next(): number {
    const state = this.#state
    const [a = 0, b = 0, c = 0, counter = 0] = state
    const sum = (a + b + counter) >>> 0
    state[0] = b ^ (b >>> 9)
    state[1] = c + (c << 3)
    state[2] = ((c << 21) | (c >>> 11)) + sum
    state[3] = counter + 1
    return sum
  }

  /** An integer from 0 to below `limit`. */
  below(limit: number): number {
    return this.#next() % limit
  }

  /** Letters and digits. */
  characters(count: number): string {
    return this.#text('', count)
  }

  /** An id such as `pi_3mTq…`. */
  id(prefix: string): string {
    return this.#text(`${prefix}_`, 24)
  }

  /** A random UUID (version 4). */
  uuid(): string {
    const digits = (count: number) =>
      Array.from({ length: count }, () => this.below(16).toString(16)).join('')
    const variant = '89ab'[this.below(4)]
    return `${digits(8)}-${digits(4)}-4${digits(3)}-${variant}${digits(3)}-${digits(12)}`
  }

  /** In one piece: a text that grows by the letter is kept as a tree of them, and takes ten times the memory. */
  #text(start: string, count: number): string {
    const bytes = Buffer.allocUnsafe(start.length + count)
    bytes.write(start, 'latin1')
    for (let at = start.length; at < bytes.length; at++)
      bytes[at] = LETTERS[this.#next() % 62] ?? 0
    return bytes.toString('latin1')
  }
}
