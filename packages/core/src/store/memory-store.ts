import type {
  CommitMark,
  CommitResult,
  Delivery,
  EventKey,
  IdleState,
  Lease,
  Store,
} from './store.ts'
import { refusePromise, type SyncTransaction } from './transaction.ts'

/** Transactions of {@link memoryStore}: the callback runs at once and gets no handle, since there is no database. */
export type MemoryTransaction = SyncTransaction<undefined>

interface Row {
  state: 'received' | 'failed' | 'processed' | IdleState
  token: number
  attempt: number
  /** The lease has ended at this time; 0 when nobody holds one. */
  leasedUntil: number
  finishedHandlers: readonly string[]
}

/**
 * A store for tests and first steps: it keeps everything in this process, forgets it
 * at a restart and knows nothing of other processes. What a transaction's callback does
 * to the application's own data is not undone when the callback throws.
 */
export function memoryStore(): Store<MemoryTransaction> {
  const rows = new Map<string, Row>()
  const effects = new Set<string>()

  /** The row that this lease may still write to: it was neither taken over nor ended. */
  const current = (lease: Lease): Row | undefined => {
    const row = rows.get(rowKey(lease.key))
    return row?.token === lease.token && row.state === 'received' ? row : undefined
  }

  return {
    durable: false,

    async claim({ key }: Delivery, { now, leaseMs }) {
      const id = rowKey(key)
      const row = rows.get(id) ?? newRow('received')
      rows.set(id, row)
      if (row.state === 'processed') return { status: 'processed' }
      if (row.leasedUntil > now) return { status: 'in_flight' }
      row.state = 'received'
      row.token += 1
      row.attempt += 1
      row.leasedUntil = now + leaseMs
      const { token, attempt } = row
      const lease = { key, token, attempt, finishedHandlers: row.finishedHandlers }
      return { status: 'claimed', lease }
    },

    async record({ key }, state) {
      const row = rows.get(rowKey(key))
      if (row === undefined) rows.set(rowKey(key), newRow(state))
      if (row?.state === 'processed') return 'processed'
      return row?.state === 'received' || row?.state === 'failed' ? 'unfinished' : 'idle'
    },

    async commit<T>(
      lease: Lease,
      mark: CommitMark,
      work?: (tx: undefined, effect: (key: string) => boolean) => T,
    ): Promise<CommitResult<T>> {
      const row = current(lease)
      if (row === undefined) return { committed: false }
      const added = new Set<string>()
      const value = work?.(undefined, (key) => {
        const scoped = `${scopeKey(lease.key)}\n${key}`
        if (effects.has(scoped) || added.has(scoped)) return false
        added.add(scoped)
        return true
      })
      refusePromise(value)
      for (const effect of added) effects.add(effect)
      row.finishedHandlers =
        mark.state === undefined ? [...row.finishedHandlers, mark.handler] : NONE
      row.state = mark.state ?? row.state
      return { committed: true, value }
    },

    async release(lease) {
      const row = current(lease)
      if (row === undefined) return
      row.state = 'failed'
      row.leasedUntil = 0
    },
  }
}

/** Rows of finished events are many, so they share it. */
const NONE: readonly string[] = []

function newRow(state: Row['state']): Row {
  return { state, token: 0, attempt: 0, leasedUntil: 0, finishedHandlers: NONE }
}

function scopeKey({ livemode, account }: EventKey): string {
  return `${livemode ? 'live' : 'test'}\n${account}`
}

function rowKey(key: EventKey): string {
  return `${scopeKey(key)}\n${key.eventId}`
}
