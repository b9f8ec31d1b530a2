/** One entry of a handler, or one effect that was committed. */
export interface Recorded {
  readonly eventId: string
  /** The type whose handler ran. */
  readonly type: string
  readonly account: string | null
  /** The event as the handler saw it. */
  readonly payload: unknown
}

/** What handlers did under one conformance key. */
export interface Recording {
  /** Grows when a handler is entered. */
  readonly attempts: readonly Recorded[]
  /** Grows only as part of what commits. */
  readonly effects: readonly Recorded[]
}
