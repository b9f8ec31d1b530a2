import type { EventQuery, EventRecord, RecoveryStore } from '../recovery-store.ts'
import { type EventRow, type MemoryState, NONE } from './memory-state.ts'

export function memoryRecovery(state: MemoryState): RecoveryStore {
  return {
    async list(query, { after = '0', limit }) {
      const wanted = [...state.events.values()].filter(
        (row) => row.seq > Number(after) && matches(row, query),
      )
      const page = wanted.slice(0, limit)
      const hasMore = wanted.length > page.length
      const next = hasMore ? String(page.at(-1)?.seq ?? after) : undefined
      return { events: page.map(toRecord), next }
    },

    async requeue(keys, { now, again }) {
      let count = 0
      for (const key of keys) {
        const row = state.eventOf(key)
        if (row === undefined || !row.hasBody || row.leaseUntil > now) continue
        if (row.state === 'received' && row.dueAt === 0) continue
        row.requeuedAt = now
        row.leaseUntil = 0
        row.attempts = 0
        if (again) row.finishedHandlers = NONE
        state.setState(row, 'received')
        row.dueAt = 0
        row.finishedAt = undefined
        row.reason = undefined
        count += 1
      }
      if (count > 0) state.wake('event')
      return count
    },

    async skip(key, { now, reason }) {
      const row = state.eventOf(key)
      const isFree =
        row !== undefined && row.state !== 'processed' && row.leaseUntil <= now
      if (!isFree) return false
      state.setState(row, 'skipped')
      row.leaseUntil = 0
      row.reason = reason
      row.finishedAt = now
      return true
    },

    async prune({ bodiesBefore = 0, eventsBefore = 0, limit }) {
      let bodies = 0
      let events = 0
      for (const [id, row] of state.events) {
        if (!['processed', 'ignored', 'skipped'].includes(row.state)) continue
        const changedAt = row.finishedAt ?? row.receivedAt
        if (changedAt < eventsBefore && events < limit) {
          state.events.delete(id)
          events += 1
        } else if (changedAt < bodiesBefore && row.hasBody && bodies < limit) {
          row.hasBody = false
          bodies += 1
        }
      }
      return { bodies, events }
    },

    async readCheckpoint(name) {
      return state.checkpoints.get(name)
    },

    async writeCheckpoint(name, value) {
      state.checkpoints.set(name, value)
    },
  }
}

function matches(
  row: EventRow,
  { livemode, ids, types, states, receivedSince = 0, notRequeuedSince }: EventQuery,
): boolean {
  const { key, type } = row.delivery
  return (
    key.livemode === livemode &&
    (ids?.includes(key.eventId) ?? true) &&
    (types?.includes(type) ?? true) &&
    (states?.includes(row.state) ?? true) &&
    row.receivedAt >= receivedSince &&
    (notRequeuedSince === undefined || (row.requeuedAt ?? 0) < notRequeuedSince)
  )
}

function toRecord(row: EventRow): EventRecord {
  const { key, type, objectId, endpoint, created } = row.delivery
  const { state, attempts, lastError, reason, hasBody } = row
  const { receivedAt, startedAt, finishedAt, requeuedAt } = row
  return {
    key,
    type,
    objectId,
    endpoint,
    created,
    state,
    attempts,
    lastError,
    reason,
    receivedAt,
    startedAt,
    finishedAt,
    retryAt: state === 'failed' ? row.dueAt : undefined,
    requeuedAt,
    hasBody,
  }
}
