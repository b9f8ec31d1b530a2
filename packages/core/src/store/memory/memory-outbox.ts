import type { ClaimedMessage, OutboxStore } from '../outbox-store.ts'
import type { MemoryState, MessageRow } from './memory-state.ts'

export function memoryOutbox(state: MemoryState): OutboxStore {
  return {
    async claimNext({ now, leaseMs, livemode, limit }) {
      // A lease that ends later than one of now would was made before the clock jumped back.
      const isDue = (row: MessageRow) =>
        row.dueAt <= now || row.leasedUntil > now + 2 * leaseMs
      const waiting = [...state.pending].filter((row) => row.livemode === livemode)
      const claimed = waiting
        .filter(isDue)
        .sort((one, other) => one.dueAt - other.dueAt || one.id - other.id)
        .slice(0, limit)
      const left = waiting.filter((row) => !claimed.includes(row))
      return {
        messages: claimed.map((row) => claim(row, now + leaseMs)),
        nextDueAt:
          left.length === 0 ? undefined : Math.min(...left.map(({ dueAt }) => dueAt)),
      }
    },

    async settle({ livemode, account, key, token }, result) {
      const row = state.messageOf({ livemode, account }, key)
      if (row?.token !== token || row.leasedUntil === 0) return
      row.leasedUntil = 0
      if (result.state === 'failed') {
        row.dueAt = result.retryAt
        state.wake('message')
      } else {
        row.state = result.state
        state.pending.delete(row)
      }
    },
  }
}

function claim(row: MessageRow, until: number): ClaimedMessage {
  row.token += 1
  row.attempts += 1
  row.leasedUntil = until
  row.dueAt = until
  const { id, token, livemode, account, topic, key, attempts: attempt } = row
  const payload: unknown = JSON.parse(row.payload)
  return { id, token, livemode, account, topic, key, attempt, payload }
}
