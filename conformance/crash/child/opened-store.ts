import type { Billing, Store, TransactionKind } from '@countersign/core'
import type { WriteRow } from './application.ts'

/** The store of one process, and what belongs to it. */
export interface OpenedStore {
  /** Of whatever transactions: the handlers know by {@link isAsync}. */
  readonly store: Store<TransactionKind>
  readonly writeRow: WriteRow
  /** Whether the callback of a transaction returns a promise. */
  readonly isAsync: boolean
  /** Begins to run what is stored. */
  readonly startWorker: (billing: Billing<TransactionKind>) => Promise<void>
  /** Sets how many pages the file may have. */
  readonly limitPages?: (pages: number) => void
}
