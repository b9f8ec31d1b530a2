import type { PostgresQuery } from './postgres-client.ts'

/** Columns arrive as PostgreSQL's text, whatever parsers the application has set for its own queries. */
const AS_TEXT = { getTypeParser: () => (value: string) => value }

/**
 * One SQL text that is run again and again. Its prepared statement is renewed after 64
 * runs, after 256, and so on: a plan that was made for a small table is kept by
 * PostgreSQL until the next ANALYZE, and does not suit one that has grown.
 */
export class Statement {
  readonly #text: string
  readonly #hash: string
  #runs = 0
  #renewAt = 64
  #name: string

  constructor(text: string) {
    this.#text = text
    this.#hash = hash(text)
    this.#name = `countersign_${this.#hash}`
  }

  /** @param prepare Whether the connection keeps it prepared. */
  toQuery(values: unknown[], prepare: boolean): PostgresQuery {
    if (!prepare) return { text: this.#text, values, types: AS_TEXT }
    this.#runs += 1
    if (this.#runs === this.#renewAt) {
      this.#renewAt *= 4
      this.#name = `countersign_${this.#hash}_${this.#runs}`
    }
    return { text: this.#text, values, types: AS_TEXT, name: this.#name }
  }
}

/** Two stores on one pool must not give one name to two texts. */
function hash(text: string): string {
  let one = 0x811c9dc5
  let other = 5381
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    one = Math.imul(one ^ code, 0x01000193)
    other = Math.imul(other, 33) ^ code
  }
  return (one >>> 0).toString(36) + (other >>> 0).toString(36)
}
