import { performance } from 'node:perf_hooks'
import { isBusy } from './sqlite-error.ts'

const PAUSE_MS = 5

/**
 * Repeats what fails because another connection is in the way, and blocks meanwhile: for
 * opening and migrating, before anything is served. SQLite's own busy handler is not
 * asked while the journal mode changes.
 */
export function waitOutBusy<T>(timeoutMs: number, run: () => T): T {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    try {
      return run()
    } catch (error) {
      if (!isBusy(error) || performance.now() >= deadline) throw error
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS)
  }
}
