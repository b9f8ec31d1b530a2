import { edit } from '../mutant.ts'
import type { StoreMutant } from './store-mutant.ts'

const INBOX = 'packages/core/src/store/memory/memory-inbox.ts'

export const memoryReleaseMutants: readonly StoreMutant[] = [
  {
    id: 'error-forgotten',
    defect: 'It is not recorded why an attempt failed',
    store: 'memory',
    apply: [edit(INBOX, 'else row.lastError = end.error', '')],
    kills: {
      'the event': ['store.release.failed', 'store.release.dead'],
      'an error that begins with é 日本 ': ['store.release.any-text'],
      'the record when it has failed': ['store.list.record'],
    },
  },
  {
    id: 'dead-retried',
    defect: 'A dead event is due at once',
    store: 'memory',
    apply: [
      edit(
        INBOX,
        'state.setState(row, end.state)',
        "state.setState(row, end.state === 'dead' ? 'failed' : end.state)",
      ),
    ],
    kills: {
      'the answer': ['store.record.wakes-dead'],
      'the answers': ['store.record.idle-only-new'],
      'the batch': ['store.claim-next.only-open'],
      'the events afterwards': ['store.claim-next.object-of-delivery'],
      'the state of the event': ['store.commit.released'],
      'the event': ['store.release.dead'],
      'the state': ['store.release.any-text'],
      'the events that are dead still': ['store.requeue.by-scope'],
    },
  },
  {
    id: 'given-back-counts',
    defect: 'An attempt that was given back counts',
    store: 'memory',
    apply: [
      edit(
        INBOX,
        "if (end.state === 'received') row.attempts -= 1\n      else row",
        "if (end.state !== 'received') row",
      ),
    ],
    kills: { 'the attempts that are due': ['store.release.received'] },
  },
  {
    id: 'given-back-waits',
    defect: 'An event that was given back waits for the end of its lease',
    store: 'memory',
    apply: [
      edit(
        INBOX,
        "row.dueAt = end.state === 'failed' ? end.retryAt : 0",
        "if (end.state === 'failed') row.dueAt = end.retryAt",
      ),
    ],
    kills: {
      'the attempts that are due': ['store.release.received'],
      'the bodies': ['store.prune.body-again'],
    },
  },
  {
    id: 'release-without-fencing',
    defect: 'Who has lost the lease gives the event of another back',
    store: 'memory',
    apply: [
      edit(
        INBOX,
        'const row = state.leased(lease)\n      if (row === undefined) return\n',
        'const row = state.eventOf(lease.key)\n      if (row === undefined || row.leaseUntil === 0) return\n',
      ),
    ],
    kills: { 'the answer to the next delivery': ['store.release.stale'] },
  },
  {
    id: 'release-of-done',
    defect: 'An event that is done can be given back',
    store: 'memory',
    apply: [
      edit(
        INBOX,
        'const row = state.leased(lease)\n      if (row === undefined) return\n',
        'const row = state.eventOf(lease.key)\n      if (row?.token !== lease.token) return\n',
      ),
    ],
    kills: { 'the state': ['store.commit.at-once', 'store.release.done'] },
  },
  {
    id: 'release-forgets-handlers',
    defect: 'An attempt that fails forgets which handlers have finished',
    store: 'memory',
    apply: [
      edit(
        INBOX,
        'state.setState(row, end.state)',
        'state.setState(row, end.state)\n      row.finishedHandlers = NONE',
      ),
    ],
    kills: {
      'the finished handlers': [
        'store.release.finished-handlers',
        'store.requeue.finished-handlers',
      ],
    },
  },
  {
    id: 'errors-cut-short',
    defect: 'Of an error only the first word is kept',
    store: 'memory',
    apply: [
      edit(
        INBOX,
        'else row.lastError = end.error',
        "else row.lastError = end.error.split(' ')[0]",
      ),
    ],
    kills: {
      'the event': ['store.release.failed'],
      'an error that begins with é 日本 ': ['store.release.any-text'],
    },
  },
]
