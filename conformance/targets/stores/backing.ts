import {
  type MemoryTransaction,
  memoryStore,
  type Store,
  type TransactionKind,
} from '@countersign/core'
import type { EffectLog } from '../../src/target.ts'

/** What a target keeps its events in. */
export interface Backing<Tx extends TransactionKind> {
  readonly store: Store<Tx>
  /** Absent where a restart forgets everything. */
  readonly effects?: EffectLog<Tx>
  readonly close: () => Promise<void>
}

export function openMemory(): Backing<MemoryTransaction> {
  return { store: memoryStore(), close: async () => {} }
}
