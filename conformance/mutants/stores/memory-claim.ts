import { edit } from '../mutant.ts'
import type { StoreMutant } from './store-mutant.ts'

const INBOX = 'packages/core/src/store/memory/memory-inbox.ts'
const STATE = 'packages/core/src/store/memory/memory-state.ts'

export const memoryClaimMutants: readonly StoreMutant[] = [
  {
    id: 'claim-shared',
    defect: 'A leased event is leased to everybody who asks',
    store: 'memory',
    apply: [edit(INBOX, "if (isHeld(row, options)) return { status: 'in_flight' }", '')],
    kills: {
      'the answers': ['store.claim.exactly-one', 'store.claim-and-commit.known'],
      'the number of those who took it': ['store.claim.whatever-way'],
      'the answer before the end of the lease': ['store.claim.in-flight'],
      'the answer on the other machine': ['store.claim.clock-ahead'],
      'the answer to a delivery': ['store.claim-next.lease'],
      'the answer to the next delivery': ['store.release.stale', 'store.requeue.leased'],
    },
  },
  {
    id: 'lease-never-ends',
    defect: 'A lease that was not ended is never free',
    store: 'memory',
    apply: [
      edit(
        STATE,
        'return row.leaseUntil > now && row.leaseUntil <= now + 2 * leaseMs',
        'return row.leaseUntil > 0',
      ),
    ],
    kills: {
      'the answer at the end of the lease': ['store.claim.in-flight'],
      'the answer after the jump': ['store.claim.clock-jumped-back'],
      'a lease, got in_flight': [
        'store.claim.finished-handlers',
        'store.commit.fencing',
        'store.release.stale',
      ],
      'the attempts at the end': ['store.claim-next.lease'],
      'the events after the jump': ['store.claim-next.clock-jumped-back'],
      'the events': ['store.claim-next.object-after-lease'],
    },
  },
  {
    id: 'lease-ends-late',
    defect: 'A lease ends a moment later than it says',
    store: 'memory',
    apply: [edit(STATE, 'row.leaseUntil > now &&', 'row.leaseUntil >= now &&')],
    kills: {
      'the answer at the end of the lease': ['store.claim.in-flight'],
      'a lease, got in_flight': [
        'store.claim.finished-handlers',
        'store.commit.fencing',
        'store.release.stale',
      ],
      'the attempts at the end': ['store.claim-next.lease'],
      'the events': ['store.claim-next.object-after-lease'],
    },
  },
  {
    id: 'clock-trusted',
    defect: 'A lease of the future holds however far it is',
    store: 'memory',
    apply: [
      edit(
        STATE,
        'row.leaseUntil > now && row.leaseUntil <= now + 2 * leaseMs',
        'row.leaseUntil > now',
      ),
    ],
    kills: {
      'the answer after the jump': ['store.claim.clock-jumped-back'],
      'the events after the jump': ['store.claim-next.clock-jumped-back'],
    },
  },
  {
    id: 'clocks-must-agree',
    defect: 'A lease of a machine whose clock is ahead does not hold',
    store: 'memory',
    apply: [edit(STATE, 'now + 2 * leaseMs', 'now + leaseMs')],
    kills: {
      'the answer on the other machine': ['store.claim.clock-ahead'],
      'the events': ['store.claim-next.clock-ahead'],
    },
  },
  {
    id: 'token-repeats',
    defect: 'Every lease of an event has the same token',
    store: 'memory',
    apply: [edit(STATE, 'row.token += 1', 'row.token = 1')],
    kills: {
      'a token that has grown true': ['store.claim.in-flight', 'store.release.received'],
      'the commit of the first': ['store.claim-next.lease'],
      'the commit of the one who lost it': ['store.commit.fencing'],
      'the answer to the next delivery': ['store.release.stale'],
    },
  },
  {
    id: 'handlers-of-new-events',
    defect: 'A new event has a handler that has finished',
    store: 'memory',
    apply: [edit(STATE, 'finishedHandlers: NONE,', "finishedHandlers: ['on'],")],
    kills: {
      'the lease': ['store.claim.new'],
      'the finished handlers': [
        'store.claim.finished-handlers',
        'store.commit.unmatched-handlers',
        'store.release.finished-handlers',
        'store.requeue.finished-handlers',
      ],
    },
  },
  {
    id: 'claim-read-then-write',
    defect: 'Between the look at an event and its lease others have their turn',
    store: 'memory',
    apply: [
      edit(
        INBOX,
        'options.now)\n      return claimRow(row, options)',
        'options.now)\n      const seen = { ...row }\n      await undefined\n      if (!isHeld(seen, options)) row.leaseUntil = 0\n      return claimRow(row, options)',
      ),
    ],
    kills: {
      'the answers': ['store.claim.exactly-one'],
      'the number of those who took it': ['store.claim.whatever-way'],
    },
  },
  {
    id: 'processed-again',
    defect: 'A processed event is leased again',
    store: 'memory',
    apply: [
      edit(
        INBOX,
        "if (row.state === 'processed' || row.state === 'skipped')\n      return { status: 'processed' }\n    if (isHeld",
        "if (row.state === 'skipped')\n      return { status: 'processed' }\n    if (isHeld",
      ),
    ],
    kills: {
      'the answers': [
        'store.claim.processed',
        'store.claim-and-commit.exactly-one',
        'store.claim-and-commit.known',
      ],
      'the answer at the other endpoint': ['store.claim.any-endpoint'],
      "then { status: 'processed' }": ['store.claim-and-commit.new'],
      'the answer after the commit': ['store.claim-and-commit.lease'],
      'the answer to a delivery': ['store.prune.duplicate'],
    },
  },
  {
    id: 'skipped-again',
    defect: 'A skipped event is leased to the next delivery',
    store: 'memory',
    apply: [
      edit(
        INBOX,
        "if (row.state === 'processed' || row.state === 'skipped')\n      return { status: 'processed' }\n    if (isHeld",
        "if (row.state === 'processed')\n      return { status: 'processed' }\n    if (isHeld",
      ),
    ],
    kills: { 'the answer': ['store.claim.skipped'] },
  },
  {
    id: 'failed-waits',
    defect: 'A delivery waits for the retry of a failed event',
    store: 'memory',
    apply: [
      edit(
        INBOX,
        "if (isHeld(row, options)) return { status: 'in_flight' }",
        "if (isHeld(row, options) || (row.state === 'failed' && row.dueAt > options.now)) return { status: 'in_flight' }",
      ),
    ],
    kills: { 'a lease, got in_flight': ['store.claim.failed'] },
  },
  {
    id: 'dead-for-good',
    defect: 'A dead event is never leased again',
    store: 'memory',
    apply: [
      edit(
        INBOX,
        "if (isHeld(row, options)) return { status: 'in_flight' }",
        "if (isHeld(row, options) || row.state === 'dead') return { status: 'in_flight' }",
      ),
    ],
    kills: { 'a lease, got in_flight': ['store.claim.dead'] },
  },
  {
    id: 'idle-for-good',
    defect: 'An event that nothing acted on counts as processed',
    store: 'memory',
    apply: [
      edit(
        INBOX,
        "if (isHeld(row, options)) return { status: 'in_flight' }",
        "if (row.state === 'ignored' || row.state === 'unmatched') return { status: 'processed' }\n    if (isHeld(row, options)) return { status: 'in_flight' }",
      ),
    ],
    kills: {
      'a lease, got processed': [
        'store.claim.idle',
        'store.commit.unmatched-handlers',
        'store.prune.body-again',
      ],
    },
  },
]
