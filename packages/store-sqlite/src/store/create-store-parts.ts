import type {
  InboxStore,
  MirrorStore,
  OutboxStore,
  RecoveryStore,
  SyncTransaction,
} from '@countersign/core'
import type { SqliteTransaction } from '../transaction/open-transaction.ts'
import { createAdditions } from './additions.ts'
import { createEventStatements } from './event-statements.ts'
import { createInbox } from './inbox.ts'
import { createMirrorRows } from './mirror-rows.ts'
import { createOutbox } from './outbox.ts'
import { createRecovery } from './recovery.ts'
import type { StoreContext } from './store-context.ts'

export interface StoreParts {
  readonly inbox: InboxStore<SyncTransaction<SqliteTransaction>>
  readonly outbox: OutboxStore
  readonly mirror: MirrorStore
  readonly recovery: RecoveryStore
}

/** Prepares every statement, so that the tables have to be there. */
export function createStoreParts(context: StoreContext): StoreParts {
  const statements = createEventStatements(context)
  const mirror = createMirrorRows(context)
  return {
    inbox: createInbox(context, statements, createAdditions(context, mirror)),
    outbox: createOutbox(context),
    mirror,
    recovery: createRecovery(context, statements),
  }
}
