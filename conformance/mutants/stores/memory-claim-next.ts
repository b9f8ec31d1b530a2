import { edit } from '../mutant.ts'
import type { StoreMutant } from './store-mutant.ts'

const INBOX = 'packages/core/src/store/memory/memory-inbox.ts'

export const memoryClaimNextMutants: readonly StoreMutant[] = [
  {
    id: 'newest-first',
    defect: 'The newest events come first',
    store: 'memory',
    apply: [
      edit(
        INBOX,
        'one.dueAt - other.dueAt || one.seq - other.seq',
        'one.dueAt - other.dueAt || other.seq - one.seq',
      ),
    ],
    kills: {
      'the events that are due': ['store.record.wakes-idle'],
      'the order': ['store.claim-next.in-order'],
      'the batches': ['store.claim-next.limit'],
      'the first batch': ['store.claim-next.one-of-object'],
      'the events': ['store.claim-next.objects-apart', 'store.claim-next.no-object'],
      'the objects': ['store.claim-next.hot-object'],
    },
  },
  {
    id: 'failed-first',
    defect: 'Failed events come before new ones',
    store: 'memory',
    apply: [
      edit(
        INBOX,
        'one.dueAt - other.dueAt || one.seq - other.seq',
        'other.dueAt - one.dueAt || one.seq - other.seq',
      ),
    ],
    kills: { 'the events then': ['store.claim-next.failed-when-due'] },
  },
  {
    id: 'retry-too-early',
    defect: 'A failed event is due at once',
    store: 'memory',
    apply: [edit(INBOX, "end.state === 'failed' ? end.retryAt : 0", '0')],
    kills: {
      'the events that are due before the retry': ['store.record.failed'],
      'the events before the retry': ['store.claim-next.failed-when-due'],
      'the time of the retry': ['store.claim-next.next-due'],
      'the event': ['store.release.failed'],
      'the record when it has failed': ['store.list.record'],
    },
  },
  {
    id: 'limit-ignored',
    defect: 'A worker gets everything that is due',
    store: 'memory',
    apply: [edit(INBOX, 'claimed.length === limit || ', '')],
    kills: { 'the batches': ['store.claim-next.limit'] },
  },
  {
    id: 'any-mode-due',
    defect: 'A worker gets events of both modes',
    store: 'memory',
    apply: [edit(INBOX, 'row.delivery.key.livemode === livemode &&\n', '')],
    kills: { 'the batch of the test mode': ['store.claim-next.by-mode'] },
  },
  {
    id: 'keys-not-asked',
    defect: 'Who asks for certain events gets any',
    store: 'memory',
    apply: [edit(INBOX, ') ??\n          true)', ') ||\n          true)')],
    kills: {
      'the events': ['store.claim-next.keys'],
      'the events of the other account': ['store.claim-next.keys-by-scope'],
    },
  },
  {
    id: 'keys-by-id-alone',
    defect: 'Who asks for certain events gets those of all accounts with that id',
    store: 'memory',
    apply: [edit(INBOX, 'isSameScope(key, row.delivery.key) &&\n', '')],
    kills: { 'the events of the other account': ['store.claim-next.keys-by-scope'] },
  },
  {
    id: 'keys-only-when-due',
    defect: 'Who asks for a certain event that failed waits for its retry',
    store: 'memory',
    apply: [
      edit(
        INBOX,
        'row.leaseUntil === 0 ? keys !== undefined : ',
        'row.leaseUntil === 0 ? false : ',
      ),
    ],
    kills: { 'the events': ['store.claim-next.keys-of-failed'] },
  },
  {
    id: 'keys-leased',
    defect: 'Who asks for a certain event gets it though it is leased',
    store: 'memory',
    apply: [
      edit(
        INBOX,
        'row.leaseUntil === 0 ? keys !== undefined : !isHeld(row, options)',
        'keys !== undefined || !isHeld(row, options)',
      ),
    ],
    kills: {
      'the events that are due before the retry': ['store.record.failed'],
      'the events before the retry': ['store.claim-next.failed-when-due'],
      'the time of the retry': ['store.claim-next.next-due'],
    },
  },
  {
    id: 'next-due-forgotten',
    defect: 'A worker is not told when something is due next',
    store: 'memory',
    apply: [
      edit(
        INBOX,
        'dueTimes.length === 0 ? undefined : Math.min(...dueTimes)',
        'undefined',
      ),
    ],
    kills: {
      'the batch while it is leased': ['store.claim-next.keys-of-failed'],
      'the end of the lease': ['store.claim-next.next-due'],
    },
  },
  {
    id: 'two-of-object',
    defect: 'Two events of one object are at work at once',
    store: 'memory',
    apply: [
      edit(
        INBOX,
        "const isTaken = object !== '' && busy.has(object)",
        'const isTaken = false',
      ),
    ],
    kills: {
      'the events': ['store.claim-next.clock-ahead'],
      'the objects with two events at once': ['store.claim-next.exactly-once'],
      'the first batch': ['store.claim-next.one-of-object'],
      'the events meanwhile': ['store.claim-next.object-of-delivery'],
      'the events of that object': ['store.claim-next.object-of-certain-events'],
      'the objects': ['store.claim-next.hot-object'],
    },
  },
  {
    id: 'object-busy-in-batch',
    defect: 'Of an object that is at work another event is taken',
    store: 'memory',
    apply: [edit(INBOX, 'if (isHeld(row, options)) busy.add(objectOf(row))', '')],
    kills: {
      'the events': ['store.claim-next.clock-ahead'],
      'the objects with two events at once': ['store.claim-next.exactly-once'],
      'the batch while both are leased': ['store.claim-next.one-of-object'],
      'the events meanwhile': ['store.claim-next.object-of-delivery'],
      'the events of that object': ['store.claim-next.object-of-certain-events'],
    },
  },
  {
    id: 'object-busy-among-keys',
    defect: 'Who asks for certain events gets them whatever their object does',
    store: 'memory',
    apply: [
      edit(
        INBOX,
        'if (isHeld(row, options)) busy.add(objectOf(row))',
        'if (isHeld(row, options) && keys === undefined) busy.add(objectOf(row))',
      ),
    ],
    kills: { 'the events of that object': ['store.claim-next.object-of-certain-events'] },
  },
  {
    id: 'object-never-free',
    defect: 'An object whose event was lost is never free',
    store: 'memory',
    apply: [
      edit(
        INBOX,
        'if (isHeld(row, options)) busy.add(objectOf(row))',
        'if (row.leaseUntil > 0) busy.add(objectOf(row))',
      ),
    ],
    kills: {
      'the attempts at the end': ['store.claim-next.lease'],
      'the events after the jump': ['store.claim-next.clock-jumped-back'],
      'the events': ['store.claim-next.object-after-lease'],
    },
  },
  {
    id: 'objects-by-id-alone',
    defect: 'One id in two accounts is one object',
    store: 'memory',
    apply: [edit(INBOX, '`${key.livemode}\\n${key.account}\\n${objectId}`', 'objectId')],
    kills: { 'the events': ['store.claim-next.objects-apart'] },
  },
  {
    id: 'no-object-is-one',
    defect: 'Events without an object are about the same',
    store: 'memory',
    apply: [edit(INBOX, "object !== '' && busy", 'busy')],
    kills: { 'the events': ['store.claim-next.no-object'] },
  },
  {
    id: 'hot-object-fills',
    defect: 'An object with many events keeps others waiting',
    store: 'memory',
    apply: [
      edit(
        INBOX,
        'for (const row of waiting) {\n        const object',
        'for (const row of waiting.slice(0, limit)) {\n        const object',
      ),
    ],
    kills: { 'the objects': ['store.claim-next.hot-object'] },
  },
]
