import type { RejectionCause } from './causes.ts'

/** What the doctor found out about a webhook that was refused. It holds nothing that the sender has sent. */
export interface Rejection {
  readonly cause: RejectionCause
  /** What was seen, for people. */
  readonly what: string
  /** What to do about it, for people. */
  readonly cure: string
  /** `true` when it was put to the proof: the signature holds once the cause is undone. */
  readonly proven: boolean
  /** What else points to the cause, for people. */
  readonly hints: readonly string[]
  /** The length of the body, in bytes; `undefined` when it was not read. */
  readonly bytes: number | undefined
  /** How far the time of signing lies from this machine's, in seconds: above 0 when it is in the past. */
  readonly ageSeconds: number | undefined
  /** How many webhooks have been refused since the last report, this one included. */
  readonly refused: number
}

/** The part of a {@link Rejection} that a look at the webhook gives. */
export type Diagnosis = Pick<Rejection, 'cause'> &
  Partial<Pick<Rejection, 'proven' | 'hints' | 'ageSeconds' | 'bytes'>>
