import { edit } from '../mutant.ts'
import type { StoreMutant } from './store-mutant.ts'

const OUTBOX = 'packages/core/src/store/memory/memory-outbox.ts'

export const memoryOutboxMutants: readonly StoreMutant[] = [
  {
    id: 'payload-as-text',
    defect: 'A payload comes out as the text that was stored',
    store: 'memory',
    apply: [
      edit(
        OUTBOX,
        'const payload: unknown = JSON.parse(row.payload)',
        'const payload: unknown = row.payload',
      ),
    ],
    kills: {
      'the payloads': ['store.message.once', 'store.outbox.any-payload'],
      'the messages': ['store.outbox.as-written'],
    },
  },
  {
    id: 'payload-without-null',
    defect: 'A payload that is nothing comes out as an object',
    store: 'memory',
    apply: [edit(OUTBOX, 'JSON.parse(row.payload)', 'JSON.parse(row.payload) || {}')],
    kills: { 'the payloads': ['store.outbox.any-payload'] },
  },
  {
    id: 'message-account-lost',
    defect: 'A message forgets its account',
    store: 'memory',
    apply: [
      edit(
        OUTBOX,
        'return { id, token, livemode, account,',
        "return { id, token, livemode, account: '',",
      ),
    ],
    kills: { 'the messages': ['store.message.by-scope', 'store.outbox.as-written'] },
  },
  {
    id: 'messages-newest-first',
    defect: 'The newest message is sent first',
    store: 'memory',
    apply: [edit(OUTBOX, 'one.id - other.id', 'other.id - one.id')],
    kills: {
      'the payloads': ['store.outbox.any-payload'],
      'the first batch': ['store.outbox.oldest-first'],
    },
  },
  {
    id: 'messages-unlimited',
    defect: 'All messages that are due are given at once',
    store: 'memory',
    apply: [edit(OUTBOX, '.slice(0, limit)', '')],
    kills: { 'the first batch': ['store.outbox.oldest-first'] },
  },
  {
    id: 'messages-of-any-mode',
    defect: 'Messages of both modes are sent by either',
    store: 'memory',
    apply: [edit(OUTBOX, '.filter((row) => row.livemode === livemode)', '')],
    kills: {
      'the messages': ['store.message.by-scope'],
      'the messages of the test mode': ['store.outbox.by-mode'],
    },
  },
  {
    id: 'messages-not-leased',
    defect: 'A message is given to everybody who asks',
    store: 'memory',
    apply: [edit(OUTBOX, 'row.dueAt = until\n', '')],
    kills: {
      'the second batch': ['store.outbox.oldest-first'],
      'the messages': ['store.outbox.exactly-one', 'store.outbox.clock-ahead'],
      'the messages before': ['store.outbox.lease'],
      'the end of the lease': ['store.outbox.next-due'],
    },
  },
  {
    id: 'message-lost-with-lease',
    defect: 'A message whose sender died is never sent',
    store: 'memory',
    apply: [edit(OUTBOX, 'row.dueAt = until\n', 'row.dueAt = Number.MAX_SAFE_INTEGER\n')],
    kills: {
      'the attempt': ['store.outbox.lease'],
      'two, got undefined': ['store.outbox.stale'],
      'the end of the lease': ['store.outbox.next-due'],
    },
  },
  {
    id: 'message-token-repeats',
    defect: 'Every lease of a message has the same token',
    store: 'memory',
    apply: [edit(OUTBOX, 'row.token += 1', 'row.token = 1')],
    kills: {
      'a token that has grown': ['store.outbox.lease'],
      'the attempts then': ['store.outbox.stale'],
    },
  },
  {
    id: 'message-clock-trusted',
    defect: 'A message that was leased in the future waits for it',
    store: 'memory',
    apply: [
      edit(
        OUTBOX,
        'row.dueAt <= now || row.leasedUntil > now + 2 * leaseMs',
        'row.dueAt <= now',
      ),
    ],
    kills: { 'the messages after the jump': ['store.outbox.clock-jumped-back'] },
  },
  {
    id: 'message-clocks-must-agree',
    defect: 'A message that is leased on a machine whose clock is ahead is sent twice',
    store: 'memory',
    apply: [edit(OUTBOX, 'now + 2 * leaseMs', 'now + leaseMs')],
    kills: { 'the messages': ['store.outbox.clock-ahead'] },
  },
  {
    id: 'sent-again',
    defect: 'A message that was sent is sent again',
    store: 'memory',
    apply: [
      edit(
        OUTBOX,
        'row.state = result.state\n        state.pending.delete(row)',
        'row.state = result.state',
      ),
    ],
    kills: { 'the batch': ['store.outbox.settled'] },
  },
  {
    id: 'message-retried-at-once',
    defect: 'A message that failed is due at once',
    store: 'memory',
    apply: [edit(OUTBOX, 'row.dueAt = result.retryAt', 'row.dueAt = 0')],
    kills: {
      'the messages before the retry': ['store.outbox.failed'],
      'the time of the retry': ['store.outbox.next-due'],
    },
  },
  {
    id: 'settle-without-fencing',
    defect: 'Who has lost a message to another settles it',
    store: 'memory',
    apply: [
      edit(
        OUTBOX,
        'if (row?.token !== token || row.leasedUntil === 0) return',
        'if (row === undefined || row.leasedUntil === 0) return',
      ),
    ],
    kills: { 'the attempts then': ['store.outbox.stale'] },
  },
  {
    id: 'messages-next-due-forgotten',
    defect: 'Who sends is not told when a message is due next',
    store: 'memory',
    apply: [
      edit(
        OUTBOX,
        'left.length === 0 ? undefined : Math.min(...left.map(({ dueAt }) => dueAt))',
        'undefined',
      ),
    ],
    kills: { 'the end of the lease': ['store.outbox.next-due'] },
  },
]
