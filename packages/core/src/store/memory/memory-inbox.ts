import type {
  Claim,
  ClaimOptions,
  CommitMark,
  CommitResult,
  InboxStore,
  Lease,
} from '../inbox-store.ts'
import type { OutboxMessage } from '../outbox-store.ts'
import { type Recording, refusePromise, type SyncTransaction } from '../transaction.ts'
import {
  type Additions,
  type EventRow,
  isHeld,
  isSameScope,
  type MemoryState,
  NONE,
} from './memory-state.ts'

/** Transactions of `memoryStore`: the callback runs at once and gets no handle, since there is no database. */
export type MemoryTransaction = SyncTransaction<undefined>

/** Nothing here awaits, so that each method is one step. */
export function memoryInbox(state: MemoryState): InboxStore<MemoryTransaction> {
  function claimRow(row: EventRow, options: ClaimOptions): Claim {
    if (row.state === 'processed' || row.state === 'skipped')
      return { status: 'processed' }
    if (isHeld(row, options)) return { status: 'in_flight' }
    return { status: 'claimed', lease: state.lease(row, options) }
  }

  /** Commits a mark, after the work that goes with it. */
  function commitMark(row: EventRow, mark: CommitMark, additions: Additions): void {
    const { key } = row.delivery
    for (const { effect, send = [] } of mark.declared ?? []) {
      if (!state.addEffect(key, effect, additions)) continue
      for (const message of send) state.addMessage(key, message, additions)
    }
    if (mark.mirror !== undefined) state.mergeMirror(key, mark.mirror, mark.now)
    state.keep(key, additions)
    if (mark.state === 'processed' || mark.state === 'ignored')
      row.finishedHandlers = NONE
    else if (mark.handler !== undefined)
      row.finishedHandlers = [...row.finishedHandlers, mark.handler]
    if (mark.state !== undefined) {
      state.setState(row, mark.state)
      row.leaseUntil = 0
      row.finishedAt = mark.now
      row.reason = mark.reason
    }
    if (additions.messages.size > 0) state.wake('message')
  }

  return {
    async claim(delivery, options) {
      const row =
        state.eventOf(delivery.key) ?? state.insert(delivery, 'received', options.now)
      return claimRow(row, options)
    },

    async claimAndCommit(delivery, mark, options) {
      const known = state.eventOf(delivery.key)
      if (known !== undefined) return claimRow(known, options)
      const row = state.insert(delivery, 'received', options.now)
      state.lease(row, options)
      commitMark(row, mark, newAdditions())
      return { status: 'committed' }
    },

    async record(delivery, to, { now }) {
      const row = state.eventOf(delivery.key)
      if (row === undefined) {
        state.insert(delivery, to, now)
        if (to !== 'received') return 'idle'
        state.wake('event')
        return 'stored'
      }
      if (row.state === 'processed' || row.state === 'skipped') return 'processed'
      if (row.state === 'received' || row.state === 'failed') return 'unfinished'
      if (to !== 'received') return 'idle'
      state.setState(row, 'received')
      row.hasBody = true
      row.attempts = 0
      row.dueAt = 0
      state.wake('event')
      return 'stored'
    },

    async claimNext({ livemode, limit, keys, ...options }) {
      const { now } = options
      const isWanted = (row: EventRow) =>
        row.delivery.key.livemode === livemode &&
        (keys?.some(
          (key) =>
            isSameScope(key, row.delivery.key) &&
            key.eventId === row.delivery.key.eventId,
        ) ??
          true)
      const busy = new Set<string>()
      const waiting: EventRow[] = []
      for (const row of state.open) {
        if (isHeld(row, options)) busy.add(objectOf(row))
        if (isWanted(row)) waiting.push(row)
      }
      const isDue = (row: EventRow) =>
        row.dueAt <= now ||
        (row.leaseUntil === 0 ? keys !== undefined : !isHeld(row, options))
      waiting.sort((one, other) => one.dueAt - other.dueAt || one.seq - other.seq)
      const claimed: EventRow[] = []
      for (const row of waiting) {
        const object = objectOf(row)
        const isTaken = object !== '' && busy.has(object)
        if (claimed.length === limit || !isDue(row) || isTaken) continue
        busy.add(object)
        claimed.push(row)
      }
      const left = waiting.filter((row) => !claimed.includes(row))
      const dueTimes = left.map(({ dueAt }) => dueAt)
      return {
        events: claimed.map((row) => ({
          delivery: row.delivery,
          lease: state.lease(row, options),
        })),
        nextDueAt: dueTimes.length === 0 ? undefined : Math.min(...dueTimes),
      }
    },

    async commit<T>(
      lease: Lease,
      mark: CommitMark,
      work?: (tx: undefined, recording: Recording<MemoryTransaction>) => T,
    ): Promise<CommitResult<T>> {
      const row = state.leased(lease)
      if (row === undefined) return { committed: false }
      const additions = newAdditions()
      const { key } = lease
      const value = work?.(undefined, {
        effect: (effect: string) => state.addEffect(key, effect, additions),
        outbox: (message: OutboxMessage) => state.addMessage(key, message, additions),
      })
      refusePromise(value)
      commitMark(row, mark, additions)
      return { committed: true, value }
    },

    async release(lease, end, { now }) {
      const row = state.leased(lease)
      if (row === undefined) return
      state.setState(row, end.state)
      row.leaseUntil = 0
      row.dueAt = end.state === 'failed' ? end.retryAt : 0
      if (end.state === 'received') row.attempts -= 1
      else row.lastError = end.error
      if (end.state === 'dead') row.finishedAt = now
      else state.wake('event')
    },

    watch(listener) {
      state.listeners.add(listener)
      return () => {
        state.listeners.delete(listener)
      }
    },
  }
}

function newAdditions(): Additions {
  return { effects: new Set(), messages: new Map() }
}

function objectOf({ delivery: { key, objectId } }: EventRow): string {
  return objectId === '' ? '' : `${key.livemode}\n${key.account}\n${objectId}`
}
