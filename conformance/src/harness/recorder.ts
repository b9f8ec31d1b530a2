/** One entry of a handler, or one effect that was committed. */
interface Recorded {
  readonly eventId: string
  /** The type whose handler ran. */
  readonly type: string
  readonly account: string | null
  /** The event as the handler saw it. */
  readonly payload: unknown
}

export interface Recording {
  /** Grows when a handler is entered. */
  readonly attempts: Recorded[]
  /** Grows only as part of what commits. */
  readonly effects: Recorded[]
}

/** Keeps what handlers did, by conformance key. */
export class Recorder {
  readonly #recordings = new Map<string, Recording>()

  of(key: string): Recording {
    const recording = this.#recordings.get(key) ?? { attempts: [], effects: [] }
    this.#recordings.set(key, recording)
    return recording
  }
}
