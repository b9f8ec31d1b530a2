import process from 'node:process'

/** What nobody caught while a target ran in this process. */
export interface CrashWatch {
  readonly crashes: readonly string[]
  readonly stop: () => void
}

/**
 * A target in TypeScript shares the process of the suite. Where it throws what nobody
 * catches, a server of its own would have ended: that is recorded against it, and the
 * suite goes on.
 */
export function watchForCrashes(): CrashWatch {
  const crashes: string[] = []
  const onCrash = (error: unknown) => {
    crashes.push(error instanceof Error ? `${error.stack}` : String(error))
  }
  process.on('uncaughtException', onCrash)
  process.on('unhandledRejection', onCrash)
  return {
    crashes,
    stop() {
      process.off('uncaughtException', onCrash)
      process.off('unhandledRejection', onCrash)
    },
  }
}
