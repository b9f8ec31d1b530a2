import type { DatabaseSync } from 'node:sqlite'
import type { Store, SyncTransaction } from '@countersign/core'
import { migrate, refuseNewerVersion, refuseOtherVersion } from './migrations/migrate.ts'
import { type OpenDatabase, openDatabase } from './schema/open-database.ts'
import { retryBusy } from './schema/retry-busy.ts'
import { DEFAULT_PREFIX, tableNames } from './schema/table-names.ts'
import { createStoreParts, type StoreParts } from './store/create-store-parts.ts'
import type { SqliteTransaction } from './transaction/open-transaction.ts'
import { createCheckpointer, noCheckpointer } from './writing/checkpointer.ts'
import { createDueSignal } from './writing/due-signal.ts'
import { createGroupCommit } from './writing/group-commit.ts'
import { createWalSync, noSync } from './writing/wal-sync.ts'

export interface SqliteStoreOptions {
  /** What the names of the tables begin with (`countersign_`). */
  readonly prefix?: string
  /** Whether tables that are missing or older are brought up to date on opening (`true`). */
  readonly migrate?: boolean
  /** How long a call waits while another connection writes, in milliseconds (5,000). */
  readonly busyTimeoutMs?: number
  /**
   * `full`: what was acknowledged survives a loss of power. `normal`: it survives a crash
   * of the process, and a loss of power may take the last moments. For a file that the
   * store opens itself (`full`).
   */
  readonly synchronous?: 'full' | 'normal'
}

export type SqliteStore = Store<SyncTransaction<SqliteTransaction>> & {
  /**
   * Creates the tables, or brings them up to date. It may run twice, and in several
   * processes at once; it blocks while another one migrates.
   *
   * @throws BillingError `schema_mismatch` when a newer version of this package made them.
   */
  readonly migrate: () => void
  /** Waits for the calls under way, refuses others, and closes what the store has opened. */
  readonly close: () => Promise<void>
}

/**
 * Keeps events, effects, messages and the mirror in SQLite.
 *
 * @param source The path of a file, made when there is none; or a database that the
 *   application has opened, which stays its own: put it into WAL mode. One in memory
 *   (`:memory:`) forgets everything, and is for tests.
 * @throws BillingError `schema_mismatch` when a newer version of this package made the
 *   tables; what `node:sqlite` throws when the file cannot be opened.
 */
export function sqliteStore(
  source: string | DatabaseSync,
  {
    prefix = DEFAULT_PREFIX,
    migrate: migrates = true,
    busyTimeoutMs = 5_000,
    synchronous = 'full',
  }: SqliteStoreOptions = {},
): SqliteStore {
  const tables = tableNames(prefix)
  const opened = openDatabase(source, busyTimeoutMs)
  const { db, file, isOwn } = opened
  const migrateNow = () => migrate(db, tables, busyTimeoutMs)
  const isCurrent = () => refuseOtherVersion(db, tables)
  closingOnError(opened, () => {
    if (migrates) migrateNow()
    else refuseNewerVersion(db, tables)
  })

  const ownFile = isOwn ? file : undefined
  const sync =
    ownFile === undefined || synchronous === 'normal'
      ? noSync
      : createWalSync(db, ownFile)
  const checkpointer =
    ownFile === undefined ? noCheckpointer : createCheckpointer(db, ownFile)
  const due = createDueSignal()
  const group = createGroupCommit(db, { sync, checkpointer, due, busyTimeoutMs })
  const read = <T>(run: () => T) => retryBusy(busyTimeoutMs, run)

  let closing: Promise<void> | undefined
  let made: StoreParts | undefined
  const parts = (): StoreParts => {
    if (closing !== undefined) throw new Error('This store is closed: open another one.')
    if (made === undefined) {
      isCurrent()
      made = createStoreParts({ db, tables, due, write: group.write, read })
    }
    return made
  }

  async function closeAll(): Promise<void> {
    await group.idle()
    await checkpointer.close()
    sync.close()
    if (isOwn) db.close()
  }

  return {
    durable: file !== undefined,
    claim: async (...call) => parts().inbox.claim(...call),
    claimAndCommit: async (...call) => parts().inbox.claimAndCommit(...call),
    record: async (...call) => parts().inbox.record(...call),
    claimNext: async (...call) => parts().inbox.claimNext(...call),
    commit: async (...call) => parts().inbox.commit(...call),
    release: async (...call) => parts().inbox.release(...call),
    watch: due.watch,
    outbox: {
      claimNext: async (...call) => parts().outbox.claimNext(...call),
      settle: async (...call) => parts().outbox.settle(...call),
    },
    mirror: {
      takeTicket: async () => parts().mirror.takeTicket(),
      find: async (...call) => parts().mirror.find(...call),
      findByCustomer: async (...call) => parts().mirror.findByCustomer(...call),
    },
    recovery: {
      list: async (...call) => parts().recovery.list(...call),
      requeue: async (...call) => parts().recovery.requeue(...call),
      skip: async (...call) => parts().recovery.skip(...call),
      prune: async (...call) => parts().recovery.prune(...call),
      readCheckpoint: async (...call) => parts().recovery.readCheckpoint(...call),
      writeCheckpoint: async (...call) => parts().recovery.writeCheckpoint(...call),
    },
    migrate: migrateNow,
    close: () => {
      closing ??= closeAll()
      return closing
    },
  }
}

function closingOnError({ db, isOwn }: OpenDatabase, run: () => void): void {
  try {
    run()
  } catch (error) {
    if (isOwn) db.close()
    throw error
  }
}
