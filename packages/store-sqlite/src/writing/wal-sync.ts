import { closeSync, fdatasync, openSync, statSync } from 'node:fs'
import type { DatabaseSync } from 'node:sqlite'
import { prepare } from '../schema/prepare.ts'

type Done = (error?: Error) => void

export interface WalSync {
  /** Calls back once everything that had been committed by now is on the disk. */
  readonly after: (done: Done) => void
  /** Whether everything that this connection can see is on the disk for certain. */
  readonly isClean: () => boolean
  readonly close: () => void
}

/** For databases in memory, and for those that the application opened and syncs itself. */
export const noSync: WalSync = {
  after: (done) => done(),
  isClean: () => true,
  close: () => {},
}

/**
 * What `synchronous = FULL` does, but on a thread of libuv instead of the event loop: a
 * commit has written to the write-ahead log when this syncs it. Commits that happen
 * meanwhile share the next sync.
 */
export function createWalSync(db: DatabaseSync, file: string): WalSync {
  const readVersion = prepare(db, 'PRAGMA data_version')
  const opened = statSync(file)
  let waiting: Done[] = []
  let isRunning = false
  let descriptor: number | undefined
  let failure: Error | undefined
  /** Changes when another connection commits, and it may not have synced yet. */
  let syncedVersion: unknown

  const versionNow = () => readVersion.get()?.data_version

  function start(): void {
    const served = waiting
    waiting = []
    const tellAll = (error?: Error) => {
      for (const done of served) done(error)
    }
    try {
      const version = versionNow()
      descriptor ??= openSync(`${file}-wal`, 'r+')
      isRunning = true
      fdatasync(descriptor, (error) => {
        isRunning = false
        // A system tells of a lost write once: a later success says nothing about it.
        if (error) failure = syncFailed(file, error)
        else syncedVersion = version
        const problem = failure ?? replaced(file, opened)
        if (waiting.length > 0) start()
        tellAll(problem)
      })
    } catch (error) {
      tellAll(new Error(`${file}-wal cannot be synced.`, { cause: error }))
    }
  }

  return {
    after(done) {
      if (failure !== undefined) return done(failure)
      waiting.push(done)
      if (!isRunning) start()
    },
    isClean: () => !isRunning && failure === undefined && versionNow() === syncedVersion,
    close() {
      if (descriptor !== undefined) closeSync(descriptor)
    },
  }
}

function syncFailed(file: string, cause: Error): Error {
  return new Error(
    `The disk did not take what was written to ${file}, so nothing that follows is certain to last. Check the disk, then start the process again.`,
    { cause },
  )
}

/** SQLite writes on to a file that has no name any more, and all of that would be lost. */
function replaced(
  file: string,
  opened: { readonly ino: number; readonly dev: number },
): Error | undefined {
  const found = statSync(file, { throwIfNoEntry: false })
  if (found?.ino === opened.ino && found.dev === opened.dev) return undefined
  return new Error(
    `${file} was ${found ? 'replaced' : 'deleted'} while it was in use. Put it back, or start the process again on what is there now.`,
  )
}
