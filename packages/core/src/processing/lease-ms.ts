/**
 * A lease outlives the signal that tells its handlers to stop, so that no other delivery
 * begins before, although two machines' clocks may differ a little. In milliseconds.
 */
const LEASE_MARGIN_MS = 5_000

/** How long an event or a message is leased, in milliseconds. */
export function leaseMs({
  handlerTimeoutMs,
}: {
  readonly handlerTimeoutMs: number
}): number {
  return handlerTimeoutMs + LEASE_MARGIN_MS
}
