/** How often, and how long after a failure, something is tried again. */
export interface Backoff {
  /** Attempts, the first one included. */
  readonly limit: number
  /** In milliseconds. */
  readonly firstMs: number
  /** In milliseconds. */
  readonly maxMs: number
}

/**
 * The wait after a failed attempt, in milliseconds: it doubles with each, and at least half
 * of it is kept whatever chance says, so that what failed together does not return together.
 *
 * @param attempt 1 for the first.
 * @param random A number from 0 up to 1.
 */
export function retryDelay(
  { firstMs, maxMs }: Backoff,
  attempt: number,
  random: number,
): number {
  const full = Math.min(maxMs, firstMs * 2 ** Math.min(attempt - 1, 30))
  return Math.round(full / 2 + (full / 2) * random)
}
