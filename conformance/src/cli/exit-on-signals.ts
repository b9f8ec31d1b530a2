import { constants } from 'node:os'
import process from 'node:process'

/** Turns signals that ask this process to end into an exit, so that whatever it has started is ended with it. */
export function exitOnSignals(): void {
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => process.exit(128 + constants.signals[signal]))
}
