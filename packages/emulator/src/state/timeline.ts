import { setImmediate as nextTurn } from 'node:timers/promises'

/** Something that happens at a time, unless it is canceled before. */
export interface Task {
  /** Seconds since 1970-01-01 UTC, perhaps with a fraction. */
  readonly at: number
  readonly cancel: () => void
}

export interface TimelineOptions {
  /** Where it begins: seconds since 1970-01-01 UTC. */
  readonly startAt: number
  /** Whether it goes on by itself, as fast as the real clock; otherwise it moves only when it is told to. */
  readonly isRunning: boolean
  /** Told what a task threw; the others run all the same. */
  readonly onError: (error: unknown) => void
}

interface Entry {
  readonly at: number
  readonly order: number
  run: (() => void) | undefined
}

/** How long the tasks of an advance may keep everybody else waiting, in milliseconds. */
const SLICE_MS = 20
const LONGEST_TIMER_MS = 2_147_483_647

/** The end of the year 9999, in seconds since 1970-01-01 UTC: no clock goes further. */
export const END_OF_TIME = 253_402_300_799

/**
 * A clock, and what is to happen on it. Every task runs at exactly its time: while it runs,
 * `now()` is the second that it was scheduled for, however late the real clock is.
 */
export class Timeline {
  readonly #isRunning: boolean
  readonly #onError: (error: unknown) => void
  /** Of a running clock: how far it is ahead of the real one, in seconds. Of any other: its time. */
  #offset: number
  /** While time moves: how far it has come. */
  #position: number | undefined
  #queue: Entry[] = []
  #order = 0
  #timer: NodeJS.Timeout | undefined
  #moving: Promise<void> = Promise.resolve()
  #isClosed = false

  /** @throws RangeError when it is to begin at no time */
  constructor({ startAt, isRunning, onError }: TimelineOptions) {
    expectTime(startAt)
    this.#isRunning = isRunning
    this.#onError = onError
    this.#offset = isRunning ? startAt - Date.now() / 1000 : startAt
  }

  /** Whole seconds since 1970-01-01 UTC. */
  now(): number {
    return Math.floor(this.exactNow())
  }

  /** Seconds since 1970-01-01 UTC, with a fraction. */
  exactNow(): number {
    if (this.#position !== undefined) return this.#position
    return this.#isRunning ? Date.now() / 1000 + this.#offset : this.#offset
  }

  /** Runs `run` at a time; at once, but not before this returns, when that time is over. Tasks of one time run in the order in which they were scheduled. */
  schedule(at: number, run: () => void): Task {
    // Nothing happens before it was planned, even if the real clock is late.
    const entry: Entry = { at: Math.max(at, this.exactNow()), order: this.#order++, run }
    push(this.#queue, entry)
    if (this.#queue[0] === entry) this.#wake()
    return {
      at,
      cancel: () => {
        entry.run = undefined
      },
    }
  }

  /** The time of the next task, or `undefined` when there is none. */
  nextAt(): number | undefined {
    while (this.#queue[0] !== undefined && this.#queue[0].run === undefined)
      pop(this.#queue)
    return this.#queue[0]?.at
  }

  /**
   * Moves to a time and runs everything that is due on the way, in order. Others get their
   * turn in between. Resolves when it is there; a time that is over only runs what is due.
   * Rejects with a RangeError, and moves nothing, when there is no such time.
   */
  async advanceTo(target: number): Promise<void> {
    expectTime(target)
    this.#moving = this.#moving.then(() => this.#advance(target))
    return this.#moving
  }

  /** Forgets every task. */
  close(): void {
    this.#isClosed = true
    this.#queue = []
    clearTimeout(this.#timer)
  }

  async #advance(target: number): Promise<void> {
    clearTimeout(this.#timer)
    let sliceEnd = performance.now() + SLICE_MS
    const start = this.exactNow()
    this.#position = start
    try {
      for (let at = this.nextAt(); at !== undefined && at <= target; at = this.nextAt()) {
        this.#position = at
        this.#run(pop(this.#queue))
        if (performance.now() < sliceEnd) continue
        await nextTurn()
        sliceEnd = performance.now() + SLICE_MS
      }
      const end = Math.max(start, target)
      this.#offset = this.#isRunning ? end - Date.now() / 1000 : end
    } finally {
      this.#position = undefined
      this.#wake()
    }
  }

  #run(entry: Entry | undefined): void {
    try {
      entry?.run?.()
    } catch (error) {
      this.#onError(error)
    }
  }

  /** Sets the real timer for the next task of a running clock; runs what is due on any. */
  #wake(): void {
    if (this.#position !== undefined || this.#isClosed) return
    clearTimeout(this.#timer)
    const at = this.nextAt()
    if (at === undefined) return
    const waitMs = (at - this.exactNow()) * 1000
    if (waitMs > 0 && !this.#isRunning) return
    this.#timer = setTimeout(
      () => {
        const due = this.nextAt()
        if (due === undefined || due > this.exactNow()) this.#wake()
        else void this.advanceTo(this.exactNow())
      },
      Math.min(Math.max(waitMs, 0), LONGEST_TIMER_MS),
    )
    this.#timer.unref()
  }
}

function expectTime(seconds: number): void {
  if (Math.abs(seconds) <= END_OF_TIME) return
  throw new RangeError(`A clock goes to the year 9999, and not to ${seconds}.`)
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}

/** Adds to a binary heap whose first entry is the next. */
function push(heap: Entry[], entry: Entry): void {
  let index = heap.length
  while (index > 0) {
    const parent = (index - 1) >> 1
    const above = heap[parent]
    if (above === undefined || !isBefore(entry, above)) break
    heap[index] = above
    index = parent
  }
  heap[index] = entry
}

function pop(heap: Entry[]): Entry | undefined {
  const first = heap[0]
  const last = heap.pop()
  if (first === undefined || last === undefined || heap.length === 0) return first
  let index = 0
  for (;;) {
    const left = 2 * index + 1
    const right = left + 1
    let child = heap[left]
    if (child === undefined) break
    let at = left
    const other = heap[right]
    if (other !== undefined && isBefore(other, child)) {
      child = other
      at = right
    }
    if (!isBefore(child, last)) break
    heap[index] = child
    index = at
  }
  heap[index] = last
  return first
}
