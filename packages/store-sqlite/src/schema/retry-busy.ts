import { performance } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { isBusy } from './sqlite-error.ts'

const PAUSE_MS = 5

/** Runs what only reads, again while another connection is in the way, for up to `timeoutMs`. */
export async function retryBusy<T>(timeoutMs: number, run: () => T): Promise<T> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    try {
      return run()
    } catch (error) {
      if (!isBusy(error) || performance.now() >= deadline) throw error
    }
    await pause(PAUSE_MS)
  }
}
