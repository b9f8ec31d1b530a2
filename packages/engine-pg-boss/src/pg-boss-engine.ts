import {
  type Billing,
  type EventKey,
  silentLogger,
  type TransactionKind,
} from '@countersign/core'
import type { PostgresTransaction } from '@countersign/store-postgres'
import type { JobWithMetadata } from 'pg-boss'
import { type EventQueue, eventQueue } from './event-queue.ts'
import type { Boss, PgBossEngineOptions } from './options.ts'
import { runJobs } from './run-jobs.ts'
import { sweep } from './sweep.ts'

/** Runs stored events as jobs of pg-boss. The inbox stays the truth; pg-boss says when. */
export interface PgBossEngine {
  /** For `postgresStore(pool, { onDue })`: adds the jobs in the transaction that stores the events. */
  readonly onDue: (
    tx: PostgresTransaction,
    events: readonly { readonly key: EventKey }[],
  ) => Promise<void>
  /**
   * Works in this process until it is stopped, and sends messages of the outbox. A process
   * that only receives does not start it. Rejects when pg-boss is not started or cannot be reached.
   */
  readonly start: <Tx extends TransactionKind>(billing: Billing<Tx>) => Promise<void>
  /**
   * Fetches nothing any more, waits for what is running, and after `graceMs` (default 10,000)
   * gives the rest back to other workers. Then stop pg-boss.
   */
  readonly stop: (options?: { readonly graceMs?: number }) => Promise<void>
}

/** @param boss Yours: the engine neither starts nor stops it. */
export function pgBossEngine(
  boss: Boss,
  options: PgBossEngineOptions = {},
): PgBossEngine {
  const live = eventQueue(boss, true, options)
  const test = eventQueue(boss, false, options)
  let running: Promise<(graceMs: number) => Promise<void>> | undefined

  return {
    async onDue(tx, events) {
      const db = {
        executeSql: (text: string, values: unknown[] = []) => tx.query(text, values),
      }
      for (const [queue, livemode] of [
        [live, true],
        [test, false],
      ] as const) {
        const jobs = events
          .filter(({ key }) => key.livemode === livemode)
          .map(({ key }) => ({ data: key }))
        if (jobs.length > 0) await queue.insert(jobs, db)
      }
    },

    async start(billing) {
      running ??= work(boss, billing.mode === 'live' ? live : test, billing, options)
      const mine = running
      try {
        await mine
      } catch (error) {
        if (running === mine) running = undefined
        throw error
      }
    },

    async stop({ graceMs = 10_000 } = {}) {
      const stopping = running
      running = undefined
      await (await stopping)?.(graceMs)
    },
  }
}

/** @returns What stops it. */
async function work<Tx extends TransactionKind>(
  boss: Boss,
  queue: EventQueue,
  billing: Billing<Tx>,
  { logger = silentLogger, sweepMs = 60_000, work: given }: PgBossEngineOptions,
): Promise<(graceMs: number) => Promise<void>> {
  await queue.configure()
  const stopping = new AbortController()
  const id = await boss.work(
    queue.name,
    {
      batchSize: 50,
      localConcurrency: 2,
      ...given,
      burstWhenBatchFull: true,
      includeMetadata: true,
      perJobResults: true,
    },
    (jobs: JobWithMetadata<EventKey>[]) => {
      // The signals of a batch abort together when it has expired.
      const signals = [stopping.signal, ...jobs.slice(0, 1).map(({ signal }) => signal)]
      return runJobs(jobs, queue, billing.worker, AbortSignal.any(signals))
    },
  )
  const unwatch = billing.store.watch((due) => {
    if (due === 'event') boss.notifyWorker(id)
  })
  billing.worker.start({ events: false })

  let sweeping: Promise<void> | undefined
  const sweepNow = () => {
    sweeping ??= sweep(billing, queue, 2 * sweepMs)
      .then(
        (count) => {
          if (count > 0) logger.warn('events are overdue, and have a job each', { count })
        },
        (error: unknown) => {
          logger.error('overdue events could not be looked for', { error })
        },
      )
      .finally(() => {
        sweeping = undefined
      })
  }
  sweepNow()
  const timer = setInterval(sweepNow, sweepMs)

  return async function stop(graceMs) {
    clearInterval(timer)
    unwatch()
    const grace = setTimeout(
      () => stopping.abort(new Error('the engine was stopped')),
      graceMs,
    )
    await Promise.all([
      boss.offWork(queue.name, { id, wait: true }),
      billing.worker.stop({ graceMs }),
      sweeping,
    ])
    clearTimeout(grace)
  }
}
