import type { Settings } from '../billing/settings.ts'
import type { TransactionKind } from '../store/transaction.ts'
import { Alarm } from './alarm.ts'
import type { RunResult, Source } from './source.ts'

/** What a loop has done so far. */
export type Tally = Readonly<Record<RunResult, number>>

/** How long the loop waits after the store has failed to give it work, in milliseconds; doubled up to the longest. */
const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 30_000

/** What is due, but waits for another event of its object that somebody else holds, is looked for this often, in milliseconds. */
const BLOCKED_PAUSE_MS = 1_000

/** Claims items as long as there are any and runs several at once; sleeps while nothing is due. */
export class Loop<Item, Tx extends TransactionKind> {
  readonly #source: Source<Item>
  readonly #settings: Settings<Tx>
  readonly #alarm: Alarm
  readonly #stopping = new AbortController()
  readonly #running = new Set<Promise<void>>()
  readonly #tally = { done: 0, failed: 0, dead: 0, given_back: 0 }
  #ended: Promise<boolean> = Promise.resolve(false)
  #isEnding = false
  #pauseMs = FIRST_PAUSE_MS

  constructor(source: Source<Item>, settings: Settings<Tx>) {
    this.#source = source
    this.#settings = settings
    this.#alarm = new Alarm(settings.clock)
  }

  get tally(): Tally {
    return this.#tally
  }

  /** Something may be due earlier than was known. */
  wake(): void {
    this.#alarm.ring()
  }

  /**
   * Works until it is stopped, or, when `untilIdle`, until nothing is due and nothing runs.
   * Never rejects.
   *
   * @returns Whether it has ended for want of work.
   */
  run({ untilIdle }: { readonly untilIdle: boolean }): Promise<boolean> {
    this.#ended = this.#work(untilIdle)
    return this.#ended
  }

  async #work(untilIdle: boolean): Promise<boolean> {
    const { concurrency, pollMs } = this.#settings.worker
    // After a full batch, more than one place is waited for, so that claims stay few.
    let enough = 1
    while (!this.#isEnding) {
      const free = concurrency - this.#running.size
      if (free < enough) {
        await this.#alarm.wait()
        continue
      }
      const batch = await this.#claim(free)
      if (batch === undefined) {
        if (untilIdle) break
        continue
      }
      for (const item of batch.items) this.#start(item)
      enough = batch.items.length === free ? Math.ceil(concurrency / 2) : 1
      if (batch.items.length === free) continue
      if (untilIdle && this.#running.size === 0) return true
      // It was all that can be claimed, until something ends or becomes due.
      await this.#alarm.wait(this.#restMs(batch.nextDueAt, pollMs))
    }
    return false
  }

  /** Claims nothing any more, lets what runs come to its end for a while, and has the rest given back. */
  async stop(graceMs: number): Promise<void> {
    this.#isEnding = true
    this.#alarm.ring()
    const { clock } = this.#settings
    const timer = clock.setTimeout(
      () => this.#stopping.abort(new Error('the worker was stopped')),
      graceMs,
    )
    await this.#ended
    await Promise.all(this.#running)
    clock.clearTimeout(timer)
  }

  #start(item: Item): void {
    const run = this.#source.run(item, this.#stopping.signal).then((result) => {
      this.#tally[result] += 1
      this.#running.delete(run)
      this.#alarm.ring()
    })
    this.#running.add(run)
  }

  async #claim(
    limit: number,
  ): Promise<Awaited<ReturnType<Source<Item>['claim']>> | undefined> {
    const { logger } = this.#settings
    this.#alarm.reset()
    try {
      const batch = await this.#source.claim(limit)
      this.#pauseMs = FIRST_PAUSE_MS
      return batch
    } catch (error) {
      logger.error(`the store gave the worker no ${this.#source.name}; it asks again`, {
        error,
        pauseMs: this.#pauseMs,
      })
      if (!this.#isEnding) await this.#alarm.wait(this.#pauseMs)
      this.#pauseMs = Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 2)
      return undefined
    }
  }

  #restMs(nextDueAt: number | undefined, pollMs: number): number {
    if (nextDueAt === undefined) return pollMs
    const untilDue = nextDueAt - this.#settings.clock.now()
    return Math.min(pollMs, untilDue > 0 ? untilDue : BLOCKED_PAUSE_MS)
  }
}
