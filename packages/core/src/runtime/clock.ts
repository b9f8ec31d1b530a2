/** What a {@link Clock} gives for a timer; hand it back to the same clock's `clearTimeout`. */
export type TimerHandle = unknown

/** The only place where Countersign learns the time. Replace it in tests. */
export interface Clock {
  /** Milliseconds since 1970-01-01 UTC. */
  readonly now: () => number
  /** Calls `callback` once after `delayMs` milliseconds. */
  readonly setTimeout: (callback: () => void, delayMs: number) => TimerHandle
  readonly clearTimeout: (handle: TimerHandle) => void
}

/** The runtime's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout: (callback, delayMs) => globalThis.setTimeout(callback, delayMs),
  clearTimeout: (handle) => globalThis.clearTimeout(handle as number),
}
