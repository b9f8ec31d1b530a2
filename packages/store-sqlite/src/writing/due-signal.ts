import type { DueKind } from '@countersign/core'

/** Tells the listeners of `watch` what has become due, once it is committed. */
export interface DueSignal {
  /** Inside of a transaction. */
  readonly note: (due: DueKind) => void
  /** After its end. */
  readonly settle: (isCommitted: boolean) => void
  readonly watch: (listener: (due: DueKind) => void) => () => void
}

export function createDueSignal(): DueSignal {
  const listeners = new Set<(due: DueKind) => void>()
  const noted = new Set<DueKind>()
  return {
    note(due) {
      noted.add(due)
    },
    settle(isCommitted) {
      if (noted.size === 0) return
      const due = [...noted]
      noted.clear()
      if (!isCommitted) return
      for (const listener of [...listeners]) {
        for (const kind of due) listener(kind)
      }
    },
    watch(listener) {
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
  }
}
