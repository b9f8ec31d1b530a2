import type { HandlerContext, SyncTransaction, TransactionKind } from '@countersign/core'
import type { Recorded } from './recording.ts'

/** What one event does. */
export interface Effect {
  /** What it does and to what: it counts once, whatever event brings it. */
  readonly businessKey: string
  /** The conformance key under which it is recorded. */
  readonly key: string
  readonly entry: Recorded
  /** The application's own part. When it throws, nothing is committed. */
  readonly act: () => void
}

/** Keeps what has committed. Where the store is durable it lies beside it, in `DATA_DIR` or in the same database. */
export interface EffectLog<Tx extends TransactionKind> {
  /** Records an effect and acts, both in one transaction of the store, unless its business key has been recorded before. */
  readonly commit: (context: HandlerContext<Tx>, effect: Effect) => Promise<void>
  /** What was recorded under a conformance key, in order. */
  readonly of: (key: string) => readonly Recorded[] | Promise<readonly Recorded[]>
}

/** For a store in memory: both are gone after a restart. */
export function memoryEffects(): EffectLog<SyncTransaction<unknown>> {
  const entries = new Map<string, Recorded[]>()
  const of = (key: string) => entries.get(key) ?? []
  return {
    of,
    commit: (context, { businessKey, key, entry, act }) =>
      context.transaction(() => {
        if (!context.effect(businessKey)) return
        act()
        entries.set(key, [...of(key), entry])
      }),
  }
}
