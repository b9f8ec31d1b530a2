import { edit } from '../mutant.ts'
import type { StoreMutant } from './store-mutant.ts'

const INBOX = 'packages/core/src/store/memory/memory-inbox.ts'

export const memoryRecordMutants: readonly StoreMutant[] = [
  {
    id: 'record-forgets-body',
    defect: 'An event that is recorded for a worker loses its body',
    store: 'memory',
    apply: [
      edit(
        INBOX,
        'state.insert(delivery, to, now)',
        'state.insert({ ...delivery, body: new Uint8Array() }, to, now)',
      ),
    ],
    kills: {
      'what the worker gets': ['store.record.stored'],
      'the bodies': ['store.prune.body-again'],
    },
  },
  {
    id: 'record-always-stored',
    defect: 'To record an event again says that it was stored now',
    store: 'memory',
    apply: [
      edit(
        INBOX,
        "if (row.state === 'received' || row.state === 'failed') return 'unfinished'",
        "if (row.state === 'received' || row.state === 'failed') return 'stored'",
      ),
    ],
    kills: {
      'at most one who stored it': ['store.claim.whatever-way'],
      'the answers': ['store.record.once', 'store.record.idle-only-new'],
      'the answer': ['store.record.leased', 'store.record.failed'],
    },
  },
  {
    id: 'ignored-is-due',
    defect: 'An event that is recorded as ignored waits for a worker',
    store: 'memory',
    apply: [
      edit(
        INBOX,
        'state.insert(delivery, to, now)',
        "state.insert(delivery, 'received', now)",
      ),
    ],
    kills: {
      'the events that are due': ['store.record.idle'],
      'the answers': ['store.record.wakes-idle'],
      'the batch': ['store.claim-next.only-open'],
      'the number of events that now wait': ['store.requeue.any-end'],
      'the numbers': ['store.prune.bodies'],
      'the number of events': ['store.prune.events'],
      'the number of bodies, one of them older': ['store.prune.age'],
    },
  },
  {
    id: 'idle-stays',
    defect: 'An ignored event stays so when a worker is to run it',
    store: 'memory',
    apply: [
      edit(
        INBOX,
        "if (to !== 'received') return 'idle'\n      state.setState",
        "if (to !== 'received' || row.state !== 'dead') return 'idle'\n      state.setState",
      ),
    ],
    kills: {
      'the answers': ['store.record.wakes-idle'],
      'a body true': ['store.prune.body-again'],
    },
  },
  {
    id: 'dead-stays',
    defect: 'A dead event stays so when it is recorded again',
    store: 'memory',
    apply: [
      edit(
        INBOX,
        "if (to !== 'received') return 'idle'\n      state.setState",
        "if (to !== 'received' || row.state === 'dead') return 'idle'\n      state.setState",
      ),
    ],
    kills: { 'the answer': ['store.record.wakes-dead'] },
  },
  {
    id: 'attempts-kept',
    defect: 'A dead event that waits again has its old attempts',
    store: 'memory',
    apply: [edit(INBOX, 'row.attempts = 0\n      row.dueAt = 0', 'row.dueAt = 0')],
    kills: { 'the attempts that are due': ['store.record.wakes-dead'] },
  },
  {
    id: 'ignored-overwrites',
    defect: 'To record an event as ignored takes it from the worker',
    store: 'memory',
    apply: [
      edit(
        INBOX,
        "if (row.state === 'received' || row.state === 'failed') return 'unfinished'",
        "if (to !== 'received') {\n        state.setState(row, to)\n        return 'idle'\n      }\n      if (row.state === 'received' || row.state === 'failed') return 'unfinished'",
      ),
    ],
    kills: { 'the answers': ['store.record.idle-only-new'] },
  },
  {
    id: 'record-ends-lease',
    defect: 'To record an event takes it from whoever works on it',
    store: 'memory',
    apply: [
      edit(
        INBOX,
        "if (row.state === 'received' || row.state === 'failed') return 'unfinished'",
        "if (row.state === 'received') {\n        row.leaseUntil = 0\n        row.dueAt = 0\n        return 'unfinished'\n      }\n      if (row.state === 'failed') return 'unfinished'",
      ),
    ],
    kills: {
      'the number of those who took it': ['store.claim.whatever-way'],
      'the events that are due': ['store.record.leased'],
    },
  },
  {
    id: 'record-retries-at-once',
    defect: 'To record a failed event makes it due at once',
    store: 'memory',
    apply: [
      edit(
        INBOX,
        "if (row.state === 'received' || row.state === 'failed') return 'unfinished'",
        "if (row.state === 'failed') row.dueAt = 0\n      if (row.state === 'received' || row.state === 'failed') return 'unfinished'",
      ),
    ],
    kills: { 'the events that are due before the retry': ['store.record.failed'] },
  },
  {
    id: 'record-runs-again',
    defect: 'To record an event that is done makes it wait again',
    store: 'memory',
    apply: [
      edit(
        INBOX,
        "if (row.state === 'processed' || row.state === 'skipped') return 'processed'",
        '',
      ),
    ],
    kills: { 'the answers': ['store.record.idle-only-new', 'store.record.finished'] },
  },
]
