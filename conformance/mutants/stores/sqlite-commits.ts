import { edit } from '../mutant.ts'
import type { StoreMutant } from './store-mutant.ts'

const SRC = 'packages/store-sqlite/src'
const INBOX = `${SRC}/store/inbox.ts`
const EVENTS = `${SRC}/store/event-statements.ts`
const RUN_GROUP = `${SRC}/writing/run-group.ts`
const TRANSACTION = `${SRC}/transaction/open-transaction.ts`

/** Commits what has been written so far, and goes on in another transaction. */
const COMMIT_NOW =
  "db.exec('RELEASE countersign; COMMIT; BEGIN IMMEDIATE; SAVEPOINT countersign')"

export const sqliteCommitMutants: readonly StoreMutant[] = [
  {
    id: 'acknowledged-before-commit',
    defect: 'An event is acknowledged before the transaction that stores it',
    store: 'sqlite',
    apply: [
      edit(
        INBOX,
        'record: (delivery, state, { now }) =>\n      write<Recorded>({',
        `record: (delivery, state, { now }) =>
      (async (known: unknown, written: Promise<Recorded>): Promise<Recorded> =>
        known === undefined ? (state === 'received' ? 'stored' : 'idle') : written)(statements.find(delivery.key), write<Recorded>({`,
      ),
      edit(
        INBOX,
        "return 'stored'\n        },\n        isRelied: always,\n      }),",
        "return 'stored'\n        },\n        isRelied: always,\n      })),",
      ),
    ],
    kills: {
      'at most one who stored it': ['store.claim.whatever-way'],
      'the answers': ['store.record.once'],
      "with 1 on a page [ 'evt_c', 'evt_a', 'evt_e', 'evt_b', 'evt_": [
        'store.list.pages',
      ],
      'the event evt_': ['store.list.record'],
      'the number of events': ['store.watch.after-commit'],
      'calls that resolved too early': ['store.durable.acknowledged'],
      'the body': ['store.durable.ignored-body'],
      'the events': ['store.durable.side-by-side'],
      'acknowledged events that are lost': ['store.crash.acknowledged'],
    },
  },
  {
    id: 'mark-outside',
    defect: 'The mark is committed before the callback runs',
    store: 'sqlite',
    apply: [
      edit(
        INBOX,
        'if (work === undefined) return { committed: true, value: undefined }',
        `if (work === undefined) return { committed: true, value: undefined }\n          ${COMMIT_NOW}`,
      ),
    ],
    kills: {
      'what was thrown': ['store.commit.throws'],
      'the promise to be refused with transaction_asynchronous': ['store.commit.promise'],
      'the states': ['store.commit.neighbours'],
      'the row undefined': ['store.mirror.not-committed'],
      'what stands there before the end': ['store.atomic.all'],
      'what stands there': [
        'store.crash.in-transaction',
        'store.atomic.throws',
        'store.atomic.neighbours',
      ],
    },
  },
  {
    id: 'effects-outside',
    defect: 'An effect is committed at once, whatever becomes of its callback',
    store: 'sqlite',
    apply: [
      edit(
        INBOX,
        'return additions.addEffect(key, effect, mark.now)',
        `try {\n                return additions.addEffect(key, effect, mark.now)\n              } finally {\n                ${COMMIT_NOW}\n              }`,
      ),
    ],
    kills: {
      'what was thrown': ['store.commit.throws'],
      'the states': ['store.commit.neighbours'],
      'what is new': ['store.effect.of-another-that-throws'],
      'what stands there before the end': ['store.atomic.all'],
      'what stands there': [
        'store.atomic.throws',
        'store.atomic.neighbours',
        'store.crash.in-transaction',
      ],
    },
  },
  {
    id: 'additions-forgotten',
    defect: 'What a mark declares is not written when there is a callback',
    store: 'sqlite',
    apply: [
      edit(
        INBOX,
        'additions.addAll(key, mark)',
        'if (work === undefined) additions.addAll(key, mark)',
      ),
    ],
    kills: {
      'what stands there afterwards': ['store.atomic.all'],
      'what stands there': ['store.atomic.neighbours'],
      "the row 'cus_1'": ['store.durable.reopened'],
    },
  },
  {
    id: 'without-fencing',
    defect: 'Who has lost the lease to another commits all the same',
    store: 'sqlite',
    apply: [edit(EVENTS, 'AND token = ? AND state', 'AND token >= ? AND state')],
    kills: {
      'the commit of the first': ['store.claim-next.lease'],
      'the commit of the one who lost it': ['store.commit.fencing'],
      'the commit after received': ['store.commit.released'],
      'the answer to the next delivery': ['store.release.stale'],
      'the row undefined': ['store.mirror.not-committed'],
      'the commit': ['store.requeue.late-commit'],
      'what stands there': ['store.atomic.lost-lease'],
      'how many acted': ['store.atomic.taken-over-meanwhile'],
      'the commit of a lease that was taken over': ['store.durable.reopened'],
    },
  },
  {
    id: 'without-savepoint',
    defect: 'What a callback wrote stays when it throws',
    store: 'sqlite',
    apply: [edit(RUN_GROUP, 'restore.run()\n', '')],
    kills: {
      'what was thrown': ['store.commit.throws'],
      'the promise to be refused with transaction_asynchronous': ['store.commit.promise'],
      'the states': ['store.commit.neighbours'],
      'what is new': ['store.effect.of-another-that-throws'],
      'the row undefined': ['store.mirror.not-committed'],
      'what stands there': ['store.atomic.throws', 'store.atomic.neighbours'],
    },
  },
  {
    id: 'handle-never-ends',
    defect: 'The handle of a transaction that has ended works on',
    store: 'sqlite',
    apply: [
      edit(
        TRANSACTION,
        'if (isOpen) return\n    throw',
        'if (isOpen || true) return\n    throw',
      ),
    ],
    kills: {
      'a new effect true': ['store.commit.late-recording'],
      'the handle to be refused with transaction_closed': ['store.commit.late-handle'],
    },
  },
]
