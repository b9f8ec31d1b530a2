import type { Settings } from '../billing/settings.ts'
import type { LeasedEvent } from '../processing/run-claimed.ts'
import type { ClaimedMessage } from '../store/outbox-store.ts'
import type { TransactionKind } from '../store/transaction.ts'
import { eventSource } from './event-source.ts'
import { Loop, type Tally } from './loop.ts'
import { messageSource } from './message-source.ts'
import { type EngineJob, type EngineResult, processEvents } from './process-events.ts'

/** Runs stored events and sends messages of the outbox, with retries, until they are done or dead. */
export interface Worker {
  /**
   * Works until it is stopped, in this process. It sleeps while nothing is due; what
   * this process stores wakes it. Any number of processes may have one.
   *
   * @param options.events `false` sends messages of the outbox alone, where an engine runs
   *   the events. Default `true`.
   */
  readonly start: (options?: { readonly events?: boolean }) => void
  /**
   * Claims nothing any more, in no drain either, waits for what is running, and after
   * `graceMs` (default 10,000) gives the rest back, so that another worker can take it at once.
   */
  readonly stop: (options?: { readonly graceMs?: number }) => Promise<void>
  /**
   * Works until nothing is due any more, and for `budgetMs` at most: then what still runs is
   * given back. For cron, and for platforms on which no process lives on.
   */
  readonly drain: (options: { readonly budgetMs: number }) => Promise<Drained>
  /**
   * For an engine that decides when events run: runs these now, at once, those of one
   * object one after the other. What became of each comes in their order. Rejects when the store cannot be reached.
   *
   * @param stopping When it aborts, what has not committed is given back.
   */
  readonly process: (
    jobs: readonly EngineJob[],
    stopping: AbortSignal,
  ) => Promise<readonly EngineResult[]>
}

/** What a drain has done. */
export interface Drained {
  readonly events: Tally
  readonly messages: Tally
  /** `false` when the budget, or the store, has ended before the work. */
  readonly isIdle: boolean
}

export function createWorker<Tx extends TransactionKind>(settings: Settings<Tx>): Worker {
  const { clock, store } = settings

  const opened = new Set<Loops<Tx>>()

  function open(): Loops<Tx> {
    const events = new Loop(eventSource(settings), settings)
    const messages = new Loop(messageSource(settings), settings)
    const unwatch = store.watch((due) => {
      if (due === 'event') events.wake()
      else messages.wake()
    })
    const loops = { events, messages, unwatch }
    opened.add(loops)
    return loops
  }

  async function close(loops: Loops<Tx>, graceMs: number): Promise<void> {
    loops.unwatch()
    await Promise.all([loops.events.stop(graceMs), loops.messages.stop(graceMs)])
    opened.delete(loops)
  }

  let started: Loops<Tx> | undefined
  return {
    start({ events = true } = {}) {
      if (started !== undefined) return
      started = open()
      if (events) void started.events.run({ untilIdle: false })
      void started.messages.run({ untilIdle: false })
    },

    async stop({ graceMs = 10_000 } = {}) {
      started = undefined
      await Promise.all(Array.from(opened, (loops) => close(loops, graceMs)))
    },

    async drain({ budgetMs }) {
      const loops = open()
      const { events, messages } = loops
      const timer = clock.setTimeout(() => void close(loops, 0), budgetMs)
      // Messages come last, since events write them.
      const hasRunOut = await events.run({ untilIdle: true })
      const isIdle = (await messages.run({ untilIdle: true })) && hasRunOut
      clock.clearTimeout(timer)
      await close(loops, 0)
      return { events: events.tally, messages: messages.tally, isIdle }
    },

    process: (jobs, stopping) => processEvents(settings, jobs, stopping),
  }
}

interface Loops<Tx extends TransactionKind> {
  readonly events: Loop<LeasedEvent, Tx>
  readonly messages: Loop<ClaimedMessage, Tx>
  readonly unwatch: () => void
}
