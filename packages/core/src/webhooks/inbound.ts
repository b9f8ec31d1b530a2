/** Bounds on one body. */
export interface BodyLimits {
  /** Bytes; a longer body rejects with `body_too_large`. */
  readonly limitBytes: number
  /**
   * Aborts when the body has taken too long; reading then rejects with `body_too_late`.
   * The time begins when this is first read. Listen to it before you wait for a sender:
   * nothing else ends the wait.
   */
  readonly signal: AbortSignal
}

/** One request as an adapter hands it to the core: plain data, nothing of a framework. */
export interface Inbound {
  /** In upper case, as HTTP has it. */
  readonly method: string
  /** The value of a header by its lower-case name; several headers of one name joined with `, `. */
  readonly header: (name: string) => string | undefined
  /**
   * Reads exactly the bytes that were sent.
   *
   * @throws BillingError `body_already_read`, `body_inexact`, `body_too_large`, `body_too_late` or `body_aborted`
   */
  readonly readBody: (limits: BodyLimits) => Promise<Uint8Array>
}
