import type { Clock } from '@countersign/core'

/** A clock that the suite can set. Timers run as they always do. */
export interface OffsetClock extends Clock {
  /** How far it is ahead from now on, in milliseconds. */
  readonly setOffset: (offsetMs: number) => void
}

export function createOffsetClock(): OffsetClock {
  let offset = 0
  return {
    now: () => Date.now() + offset,
    setTimeout: (callback, delayMs) => setTimeout(callback, delayMs),
    clearTimeout: (handle) => clearTimeout(handle as NodeJS.Timeout),
    setOffset(offsetMs) {
      offset = offsetMs
    },
  }
}
