// A clock whose time passes only when a test says so.
import type { Clock } from '../index.ts'

export interface VirtualClock extends Clock {
  /** Lets so many milliseconds pass: timers fire in their order, and what follows from each happens before the next. */
  readonly advance: (ms: number) => Promise<void>
}

export function virtualClock(start = 1_795_507_200_000): VirtualClock {
  let now = start
  let count = 0
  const timers = new Map<number, { readonly at: number; readonly callback: () => void }>()

  /** Lets everything happen that waits for no timer. */
  const settle = () => new Promise((resolve) => setImmediate(resolve))

  return {
    now: () => now,
    setTimeout(callback, delayMs) {
      count += 1
      timers.set(count, { at: now + delayMs, callback })
      return count
    },
    clearTimeout: (handle) => void timers.delete(handle as number),
    async advance(ms) {
      const until = now + ms
      await settle()
      for (;;) {
        const [next] = [...timers].sort(([, one], [, other]) => one.at - other.at)
        if (next === undefined || next[1].at > until) break
        const [handle, { at, callback }] = next
        timers.delete(handle)
        now = at
        callback()
        await settle()
      }
      now = until
    },
  }
}
