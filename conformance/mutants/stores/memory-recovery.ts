import { edit } from '../mutant.ts'
import type { StoreMutant } from './store-mutant.ts'

const RECOVERY = 'packages/core/src/store/memory/memory-recovery.ts'

export const memoryRecoveryMutants: readonly StoreMutant[] = [
  {
    id: 'page-repeats-last',
    defect: 'A page begins with the last event of the page before',
    store: 'memory',
    apply: [edit(RECOVERY, 'row.seq > Number(after)', 'row.seq >= Number(after)')],
    kills: {
      "with 1 on a page [ 'evt_c', 'evt_a', 'evt_e', 'evt_b', 'evt_": [
        'store.list.pages',
      ],
    },
  },
  {
    id: 'page-has-next',
    defect: 'The last page says that there is another',
    store: 'memory',
    apply: [
      edit(
        RECOVERY,
        'const hasMore = wanted.length > page.length',
        'const hasMore = page.length > 0',
      ),
    ],
    kills: { 'a next page after all five undefined': ['store.list.pages'] },
  },
  {
    id: 'list-of-any-mode',
    defect: 'A list shows events of both modes',
    store: 'memory',
    apply: [edit(RECOVERY, 'key.livemode === livemode &&\n', '')],
    kills: {
      'the lists': ['store.list.filters'],
      'the events that are dead still': ['store.requeue.by-scope'],
    },
  },
  {
    id: 'list-ignores-types',
    defect: 'A list shows events of every type',
    store: 'memory',
    apply: [edit(RECOVERY, '(types?.includes(type) ?? true) &&\n', '')],
    kills: { 'the lists': ['store.list.filters'] },
  },
  {
    id: 'list-since-excludes',
    defect: 'A list leaves out what was received at the very time',
    store: 'memory',
    apply: [
      edit(RECOVERY, 'row.receivedAt >= receivedSince', 'row.receivedAt > receivedSince'),
    ],
    kills: { 'the lists': ['store.list.filters'] },
  },
  {
    id: 'list-of-requeued',
    defect: 'A list shows what was asked for already',
    store: 'memory',
    apply: [edit(RECOVERY, '(row.requeuedAt ?? 0) < notRequeuedSince', 'true')],
    kills: { 'those that were not asked for': ['store.requeue.when'] },
  },
  {
    id: 'record-without-start',
    defect: 'A record does not say when its attempt began',
    store: 'memory',
    apply: [edit(RECOVERY, '    startedAt,\n', '    startedAt: undefined,\n')],
    kills: { 'the record when it has failed': ['store.list.record'] },
  },
  {
    id: 'requeue-not-timed',
    defect: 'It is not recorded when an event was asked for',
    store: 'memory',
    apply: [edit(RECOVERY, 'row.requeuedAt = now\n', '')],
    kills: { 'the record': ['store.requeue.when'] },
  },
  {
    id: 'requeue-keeps-attempts',
    defect: 'An event that is asked for has its old attempts',
    store: 'memory',
    apply: [edit(RECOVERY, 'row.attempts = 0\n      ', '')],
    kills: { 'the attempts that are due': ['store.requeue.any-end'] },
  },
  {
    id: 'requeue-waits',
    defect: 'A failed event that is asked for waits for its retry',
    store: 'memory',
    apply: [
      edit(
        RECOVERY,
        "state.setState(row, 'received')\n        row.dueAt = 0",
        "state.setState(row, 'received')",
      ),
    ],
    kills: { 'the number of events that now wait': ['store.requeue.any-end'] },
  },
  {
    id: 'again-ignored',
    defect: 'Handlers that have finished are left out though all shall run',
    store: 'memory',
    apply: [edit(RECOVERY, 'if (again) row.finishedHandlers = NONE', '')],
    kills: { 'the finished handlers': ['store.requeue.finished-handlers'] },
  },
  {
    id: 'requeue-runs-all',
    defect: 'Handlers that have finished run again though they need not',
    store: 'memory',
    apply: [
      edit(
        RECOVERY,
        'if (again) row.finishedHandlers = NONE',
        'row.finishedHandlers = NONE',
      ),
    ],
    kills: { 'the finished handlers': ['store.requeue.finished-handlers'] },
  },
  {
    id: 'requeue-of-leased',
    defect: 'An event that somebody works on is taken from him',
    store: 'memory',
    apply: [edit(RECOVERY, '|| row.leaseUntil > now) continue', ') continue')],
    kills: { 'the number of events': ['store.requeue.leased'] },
  },
  {
    id: 'requeue-of-waiting',
    defect: 'An event that waits already counts as asked for',
    store: 'memory',
    apply: [
      edit(RECOVERY, "if (row.state === 'received' && row.dueAt === 0) continue\n", ''),
    ],
    kills: {
      'the number of events that now wait': ['store.requeue.any-end'],
      'the number of events': ['store.requeue.leased'],
    },
  },
  {
    id: 'requeue-keeps-lease',
    defect: 'Who held an event can commit after it was asked for',
    store: 'memory',
    apply: [
      edit(
        RECOVERY,
        'row.requeuedAt = now\n        row.leaseUntil = 0',
        'row.requeuedAt = now',
      ),
    ],
    kills: { 'the commit': ['store.requeue.late-commit'] },
  },
  {
    id: 'requeue-without-body',
    defect: 'An event without a body is run again',
    store: 'memory',
    apply: [edit(RECOVERY, '|| !row.hasBody || ', '|| ')],
    kills: { 'the number of events that now wait': ['store.prune.duplicate'] },
  },
  {
    id: 'requeue-forgets-effects',
    defect: 'The effects of an event that is asked for are forgotten',
    store: 'memory',
    apply: [
      edit(
        RECOVERY,
        'row.requeuedAt = now\n',
        'row.requeuedAt = now\n        state.effects.clear()\n',
      ),
    ],
    kills: { 'what is new': ['store.requeue.effects-stay'] },
  },
  {
    id: 'skip-still-due',
    defect: 'A skipped event is due all the same',
    store: 'memory',
    apply: [edit(RECOVERY, "state.setState(row, 'skipped')", "row.state = 'skipped'")],
    kills: {
      'the events that are due': ['store.record.finished', 'store.skip.open'],
      'the batch': ['store.claim-next.only-open'],
    },
  },
  {
    id: 'skip-without-reason',
    defect: 'The reason for a skip is not kept',
    store: 'memory',
    apply: [edit(RECOVERY, 'row.reason = reason\n', '')],
    kills: { 'the reason': ['store.skip.reason'] },
  },
  {
    id: 'skip-not-timed',
    defect: 'It is not recorded when an event was skipped',
    store: 'memory',
    apply: [
      edit(
        RECOVERY,
        'row.reason = reason\n      row.finishedAt = now',
        'row.reason = reason',
      ),
    ],
    kills: { 'the event': ['store.skip.open'] },
  },
  {
    id: 'skip-of-processed',
    defect: 'An event that was processed can be skipped',
    store: 'memory',
    apply: [edit(RECOVERY, "row.state !== 'processed' && ", '')],
    kills: { 'the answers': ['store.skip.refused'] },
  },
  {
    id: 'skip-of-leased',
    defect: 'An event that somebody works on can be skipped',
    store: 'memory',
    apply: [
      edit(
        RECOVERY,
        "row.state !== 'processed' && row.leaseUntil <= now",
        "row.state !== 'processed'",
      ),
    ],
    kills: { 'the answers': ['store.skip.refused'] },
  },
  {
    id: 'retry-not-shown',
    defect: 'A failed event shows no time of its retry',
    store: 'memory',
    apply: [
      edit(
        RECOVERY,
        "retryAt: state === 'failed' ? row.dueAt : undefined",
        'retryAt: undefined',
      ),
    ],
    kills: {
      'the event': ['store.release.failed'],
      'the record when it has failed': ['store.list.record'],
    },
  },
]
