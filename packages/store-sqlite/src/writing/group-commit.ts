import { performance } from 'node:perf_hooks'
import type { DatabaseSync } from 'node:sqlite'
import { prepare } from '../schema/prepare.ts'
import { isBusy } from '../schema/sqlite-error.ts'
import { type AnyCall, Call, type Work } from './call.ts'
import type { Checkpointer } from './checkpointer.ts'
import type { DueSignal } from './due-signal.ts'
import { createGroupRunner } from './run-group.ts'
import type { WalSync } from './wal-sync.ts'

/** So many calls block the event loop for a few milliseconds. */
const GROUP_LIMIT = 128
const LONGEST_PAUSE_MS = 20

export interface GroupCommit {
  readonly write: <T>(work: Work<T>) => Promise<T>
  /** Waits until no call is under way. */
  readonly idle: () => Promise<void>
}

/**
 * Commits what is called in one turn of the event loop in one transaction, with one sync
 * of the disk. While another connection writes it tries again without blocking, for up to
 * `busyTimeoutMs`.
 */
export function createGroupCommit(
  db: DatabaseSync,
  {
    sync,
    checkpointer,
    due,
    busyTimeoutMs,
  }: {
    readonly sync: WalSync
    readonly checkpointer: Checkpointer
    readonly due: DueSignal
    readonly busyTimeoutMs: number
  },
): GroupCommit {
  const runGroup = createGroupRunner(db)
  const beginRead = prepare(db, 'BEGIN')
  const endRead = prepare(db, 'COMMIT')
  let queue: AnyCall[] = []
  let isScheduled = false
  let pauses = 0
  let pending = 0
  let whenIdle: (() => void) | undefined

  function schedule(): void {
    if (isScheduled || queue.length === 0) return
    isScheduled = true
    setImmediate(flush)
  }

  function flush(): void {
    isScheduled = false
    const calls = queue.slice(0, GROUP_LIMIT)
    queue = queue.slice(GROUP_LIMIT)
    let waiting: readonly AnyCall[] = calls
    try {
      waiting = peekAll(calls)
      if (waiting.length > 0) writeAll(waiting)
      pauses = 0
    } catch (error) {
      if (isBusy(error)) waitFor(waiting, error)
      else for (const call of waiting) reject(call, error)
    }
    schedule()
  }

  /** Answers what reading alone can answer, and gives the rest. */
  function peekAll(calls: readonly AnyCall[]): readonly AnyCall[] {
    if (!calls.some(({ canPeek }) => canPeek)) return calls
    // One snapshot for all costs less than one for each.
    beginRead.run()
    const found: AnyCall[] = []
    const waiting: AnyCall[] = []
    try {
      for (const call of calls) {
        if (call.peek()) found.push(call)
        else waiting.push(call)
      }
    } finally {
      endRead.run()
    }
    if (found.length > 0) settle(found, !sync.isClean())
    return waiting
  }

  function writeAll(calls: readonly AnyCall[]): void {
    const { committed, refused, again } = runGroup(calls)
    queue = [...again, ...queue]
    for (const { call, error } of refused) reject(call, error)
    if (committed.length > 0) {
      settle(committed, true)
      checkpointer.afterGroup()
    }
    due.settle(committed.length > 0)
  }

  /** @param isUnsynced Whether what the calls have seen or written may not be on the disk. */
  function settle(calls: readonly AnyCall[], isUnsynced: boolean): void {
    const relied = isUnsynced ? calls.filter((call) => call.isRelied()) : []
    if (relied.length > 0) {
      sync.after((error) => {
        for (const call of relied) {
          if (error === undefined) resolve(call)
          else reject(call, error)
        }
      })
    }
    if (relied.length === calls.length) return
    for (const call of calls) {
      if (!isUnsynced || !call.isRelied()) resolve(call)
    }
  }

  function waitFor(calls: readonly AnyCall[], error: unknown): void {
    const now = performance.now()
    const kept: AnyCall[] = []
    for (const call of calls) {
      if (now < call.deadline(now, busyTimeoutMs)) kept.push(call)
      else reject(call, stayedLocked(busyTimeoutMs, error))
    }
    queue = [...kept, ...queue]
    if (queue.length === 0) return
    isScheduled = true
    pauses += 1
    const longest = Math.min(2 ** pauses, LONGEST_PAUSE_MS)
    setTimeout(flush, (longest * (1 + Math.random())) / 2)
  }

  function resolve(call: AnyCall): void {
    call.resolve()
    end()
  }

  function reject(call: AnyCall, error: unknown): void {
    call.reject(error)
    end()
  }

  function end(): void {
    pending -= 1
    if (pending === 0) whenIdle?.()
  }

  return {
    write<T>(work: Work<T>): Promise<T> {
      return new Promise((resolve, reject) => {
        pending += 1
        queue.push(new Call(work, resolve, reject))
        schedule()
      })
    },
    async idle() {
      if (pending === 0) return
      await new Promise<void>((resolve) => {
        whenIdle = resolve
      })
    },
  }
}

function stayedLocked(timeoutMs: number, cause: unknown): Error {
  return new Error(
    `Another connection kept the database locked for ${timeoutMs} ms. Keep its transactions short, or raise the option busyTimeoutMs.`,
    { cause },
  )
}
