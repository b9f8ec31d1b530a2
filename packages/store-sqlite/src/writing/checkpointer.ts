import type { DatabaseSync } from 'node:sqlite'
import { Worker } from 'node:worker_threads'

/** So many groups are a few hundred pages. */
const GROUPS_BETWEEN = 32
/** In pages. Beyond it writers wait a moment, so that the log begins anew. */
const RESTART_PAGES = 4_000
/** In pages. The event loop checkpoints itself, should the thread fall so far behind. */
const FALLBACK_PAGES = 32_000
/** SQLite's own default. */
const DEFAULT_PAGES = 1_000

// A text, so that it is found wherever a bundler has put this file.
const THREAD = `
const { parentPort, workerData } = require('node:worker_threads')
const { DatabaseSync } = require('node:sqlite')
const db = new DatabaseSync(workerData.file)
db.exec('PRAGMA busy_timeout = 1000')
const copy = db.prepare('PRAGMA wal_checkpoint(PASSIVE)')
const restart = db.prepare('PRAGMA wal_checkpoint(RESTART)')
parentPort.on('message', () => {
  try {
    if (copy.get().log > workerData.restartPages) restart.get()
  } catch {}
  parentPort.postMessage(undefined)
})
`

export interface Checkpointer {
  /** To be called after each group of commits. */
  readonly afterGroup: () => void
  readonly close: () => Promise<void>
}

export const noCheckpointer: Checkpointer = {
  afterGroup: () => {},
  close: async () => {},
}

/**
 * Moves what was committed from the log into the database on a thread of its own, which
 * waits for the disk in place of the event loop. The thread starts with the first need
 * for it, and keeps no process alive.
 */
export function createCheckpointer(db: DatabaseSync, file: string): Checkpointer {
  let groups = 0
  let isRunning = false
  let thread: Worker | undefined
  db.exec(`PRAGMA wal_autocheckpoint = ${FALLBACK_PAGES}`)

  function fallBack(): void {
    isRunning = true
    thread = undefined
    try {
      db.exec(`PRAGMA wal_autocheckpoint = ${DEFAULT_PAGES}`)
    } catch {
      // The database was closed meanwhile.
    }
  }

  function start(): Worker {
    const workerData = { file, restartPages: RESTART_PAGES }
    const worker = new Worker(THREAD, { eval: true, workerData })
    worker.unref()
    worker.on('message', () => {
      isRunning = false
    })
    worker.on('error', fallBack)
    return worker
  }

  return {
    afterGroup() {
      groups += 1
      if (groups < GROUPS_BETWEEN || isRunning) return
      groups = 0
      isRunning = true
      try {
        thread ??= start()
        thread.postMessage(undefined)
      } catch {
        // Node's permissions may forbid threads.
        fallBack()
      }
    },
    async close() {
      isRunning = true
      await thread?.terminate()
    },
  }
}
