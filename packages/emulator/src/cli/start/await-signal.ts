import { constants } from 'node:os'
import process from 'node:process'

export interface Signal {
  /** Resolves at the next signal to end, or when nobody reads the output any more. */
  readonly given: () => Promise<void>
}

/**
 * Until `given` is called a signal ends the process at once, and stripe-mock with it; from
 * then on the first one is for whoever waits, and a second one ends the process.
 */
export function awaitSignal(): Signal {
  let end: (() => void) | undefined
  for (const name of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      if (end === undefined) process.exit(128 + constants.signals[name])
      end()
      end = undefined
    })
  }
  // `countersign-emulator | head` has enough at some point.
  process.stdout.on('error', () => {
    if (end === undefined) process.exit(0)
    end()
    end = undefined
  })
  return {
    given: () =>
      new Promise((resolve) => {
        end = resolve
      }),
  }
}
