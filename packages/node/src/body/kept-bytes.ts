/** Where a body parser that ran first may have left the body, and what to say if it is not there. */
export interface KeptBody {
  /** Looked at in this order; the first Buffer, Uint8Array or string counts. */
  readonly candidates: readonly unknown[]
  /** Names the middleware to move in this framework, and the line to write. */
  readonly advice: string
}

/**
 * Finds the exact bytes of a body that a parser has read. `inexact` stands for text that
 * need not be what was sent: it depends on the sender, where `undefined` does not.
 *
 * A string is a decoded body: it is encoded again, and taken only when nothing can have
 * been lost on the way. U+FFFD stands where a byte was replaced, and a length other than
 * the declared one means that something was added or dropped (a byte order mark, for
 * one). Without a declared length neither can be told, so the string is not taken.
 *
 * @param declaredLength The request's `content-length`, in bytes.
 */
export function findKeptBytes(
  candidates: readonly unknown[],
  declaredLength: number | undefined,
): Uint8Array | 'inexact' | undefined {
  for (const candidate of candidates) {
    if (candidate instanceof Uint8Array) {
      const isWhole = declaredLength === undefined || declaredLength === candidate.length
      return isWhole ? candidate : undefined
    }
    if (typeof candidate === 'string') {
      const bytes = new TextEncoder().encode(candidate)
      const isWhole = declaredLength === bytes.length && !candidate.includes('\ufffd')
      return isWhole ? bytes : 'inexact'
    }
  }
  return undefined
}
