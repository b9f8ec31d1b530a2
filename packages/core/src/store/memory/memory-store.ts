import type { Store } from '../store.ts'
import { type MemoryTransaction, memoryInbox } from './memory-inbox.ts'
import { memoryMirror } from './memory-mirror.ts'
import { memoryOutbox } from './memory-outbox.ts'
import { memoryRecovery } from './memory-recovery.ts'
import { MemoryState } from './memory-state.ts'

/**
 * A store for tests and first steps: it keeps everything in this process, forgets it
 * at a restart and knows nothing of other processes. What a transaction's callback does
 * to the application's own data is not undone when the callback throws.
 */
export function memoryStore(): Store<MemoryTransaction> {
  const state = new MemoryState()
  return {
    durable: false,
    ...memoryInbox(state),
    outbox: memoryOutbox(state),
    mirror: memoryMirror(state),
    recovery: memoryRecovery(state),
  }
}
