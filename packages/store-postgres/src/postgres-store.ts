import type { AsyncTransaction, Store } from '@countersign/core'
import { Database } from './connection/database.ts'
import { lenderOf } from './connection/lender.ts'
import type { PostgresClient } from './connection/postgres-client.ts'
import { enqueueBy, type OnDue } from './inbox/enqueue.ts'
import { migrate } from './migrations/migrate.ts'
import { postgresInbox } from './postgres-inbox.ts'
import { postgresMirror } from './postgres-mirror.ts'
import { postgresOutbox } from './postgres-outbox.ts'
import { postgresRecovery } from './recovery/postgres-recovery.ts'
import { type TableOptions, tableNames } from './schema/table-names.ts'
import type { PostgresTransaction } from './transaction/postgres-transaction.ts'
import { Ear, type ListenClient } from './watch/ear.ts'
import { Watchers } from './watch/watchers.ts'

export interface PostgresStore extends Store<AsyncTransaction<PostgresTransaction>> {
  /**
   * Makes the tables, or brings them up to date, in one transaction: safe to run twice, and
   * by several processes at once.
   *
   * @throws BillingError `schema_mismatch` when the tables are of a newer version.
   */
  readonly migrate: () => Promise<void>
}

export interface PostgresStoreOptions extends TableOptions {
  /** How long anything may take before it rejects, in milliseconds. Default: 10,000. */
  readonly timeoutMs?: number
  /** `false` sends every statement anew, for a proxy that keeps no prepared statements. Default: `true`. */
  readonly prepare?: boolean
  /** How many transactions of handlers run at the same time in this process, at most. Default: 4. */
  readonly transactions?: number
  /**
   * How many events share one transaction, at most, when more come than `transactions`.
   * Each has a savepoint. 1: none does, which suits handlers that use `SET LOCAL`. Default: 16.
   */
  readonly transactionEvents?: number
  /**
   * How long the callback of `context.transaction` may take, in milliseconds, before its transaction
   * is given up. The next time it has one to itself, and six times as long. Default: 5,000.
   */
  readonly transactionTimeoutMs?: number
  /**
   * Makes a connection on which the store hears of what other processes store, such as
   * `() => new pg.Client(url)`; it connects and closes it. Give it to every process:
   * one that has it also tells the others. Default: none; a worker then finds what others have stored when it polls.
   */
  readonly listen?: () => ListenClient
  /** Called inside the transaction that makes events due, for an engine's jobs. */
  readonly onDue?: OnDue
}

/**
 * Keeps everything in PostgreSQL, for any number of processes.
 *
 * @param client A pool or a connected client of `pg`. It stays yours.
 * @throws BillingError `configuration_invalid` for a schema or a prefix that cannot be part of a name in SQL.
 */
export function postgresStore(
  client: PostgresClient,
  {
    timeoutMs = 10_000,
    prepare = true,
    transactions = 4,
    transactionEvents = 16,
    transactionTimeoutMs = 5000,
    listen,
    onDue,
    ...tableOptions
  }: PostgresStoreOptions = {},
): PostgresStore {
  const tables = tableNames(tableOptions)
  const database = new Database(lenderOf(client), { tables, timeoutMs, prepare })
  const channel =
    listen === undefined ? undefined : `${tables.schema ?? ''}.${tables.prefix}due`
  const watchers = new Watchers((wake) =>
    listen === undefined || channel === undefined
      ? undefined
      : new Ear({ connect: listen, channel, timeoutMs, onDue: wake }),
  )
  const enqueue = onDue && enqueueBy(onDue)
  return {
    durable: true,
    ...postgresInbox(database, {
      channel,
      enqueue,
      watchers,
      transactions,
      transactionEvents,
      transactionTimeoutMs,
    }),
    outbox: postgresOutbox(database, channel, () => watchers.wake('message')),
    mirror: postgresMirror(database),
    recovery: postgresRecovery(database, {
      channel,
      enqueue,
      onDue: () => watchers.wake('event'),
    }),
    migrate: () => migrate(database),
  }
}
