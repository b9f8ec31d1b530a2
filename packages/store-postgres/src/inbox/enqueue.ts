import type { EventKey } from '@countersign/core'
import type { Session } from '../connection/session.ts'
import type { PostgresTransaction } from '../transaction/postgres-transaction.ts'
import { runInTransaction } from '../transaction/run-in-transaction.ts'

/** An event that now waits for somebody to process it. */
export interface DueEvent {
  readonly key: EventKey
  readonly objectId: string
}

/** Runs inside the transaction that makes events due, so that both are committed or neither. */
export type OnDue = (
  tx: PostgresTransaction,
  events: readonly DueEvent[],
) => Promise<void>

/** Calls {@link OnDue} in the session's transaction, if there are any events. */
export type Enqueue = (session: Session, events: readonly DueEvent[]) => Promise<void>

export function enqueueBy(onDue: OnDue): Enqueue {
  return async (session, events) => {
    if (events.length > 0) await runInTransaction(session, (tx) => onDue(tx, events))
  }
}
