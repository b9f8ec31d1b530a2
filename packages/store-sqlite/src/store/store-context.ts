import type { DatabaseSync } from 'node:sqlite'
import type { TableNames } from '../schema/table-names.ts'
import type { Work } from '../writing/call.ts'
import type { DueSignal } from '../writing/due-signal.ts'

/** What the parts of a store share. */
export interface StoreContext {
  readonly db: DatabaseSync
  readonly tables: TableNames
  readonly due: DueSignal
  readonly write: <T>(work: Work<T>) => Promise<T>
  /** Reads outside of every group, and waits while another connection is in the way. */
  readonly read: <T>(run: () => T) => Promise<T>
}
