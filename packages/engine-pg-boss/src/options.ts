import type { Logger } from '@countersign/core'
import type { PgBoss, QueueOptions, WorkOptions } from 'pg-boss'

/** What the engine needs of your `PgBoss`, which you start and stop. */
export type Boss = Pick<
  PgBoss,
  'createQueue' | 'insert' | 'notifyWorker' | 'offWork' | 'updateQueue' | 'work'
>

export interface PgBossEngineOptions {
  /** The queues are `<name>-live` and `<name>-test`, their dead letters `<name>-live-dead` and `<name>-test-dead`. Default `countersign`. */
  readonly name?: string
  /**
   * Options of the queue, as pg-boss has them, times in seconds. Default: `retryLimit` 9,
   * `retryDelay` 5 with `retryBackoff` and a `retryDelayMax` of 3,600, `expireInSeconds` 900,
   * `heartbeatSeconds` 60, `deleteAfterSeconds` 86,400, no `notify`. A batch has to
   * end within `expireInSeconds`, so it must be well above `handlerTimeoutMs`. Say the same in
   * every process: those that an engine starts with become the queue's.
   */
  readonly queue?: QueueOptions & { readonly notify?: boolean }
  /**
   * How this process works, as pg-boss has it. Default: `batchSize` 50, `localConcurrency`
   * 2, `pollingIntervalSeconds` 2. So many events run at once as the first two make together.
   */
  readonly work?: Pick<
    WorkOptions,
    | 'batchSize'
    | 'localConcurrency'
    | 'notifyPollingIntervalSeconds'
    | 'pollingIntervalSeconds'
  >
  /** How often a started engine looks for events whose job was lost, in milliseconds. Those overdue by twice as long get another. Default 60,000. */
  readonly sweepMs?: number
  /** Default: silent. */
  readonly logger?: Logger
}
