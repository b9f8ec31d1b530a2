import { edit } from '../mutant.ts'
import type { StoreMutant } from './store-mutant.ts'

const INBOX = 'packages/core/src/store/memory/memory-inbox.ts'
const STATE = 'packages/core/src/store/memory/memory-state.ts'

export const memoryKeysMutants: readonly StoreMutant[] = [
  {
    id: 'mode-left-out',
    defect: 'Events, effects and rows of both modes are the same',
    store: 'memory',
    apply: [
      edit(
        STATE,
        "`${livemode ? 'live' : 'test'}\\n${account}\\n${key}`",
        '`${account}\\n${key}`',
      ),
    ],
    kills: {
      'the answer in the other mode': ['store.claim.by-mode'],
      'what is new in the other mode': ['store.effect.by-mode'],
      'those of the live mode': ['store.message.by-scope'],
      'the rows': ['store.mirror.scope'],
      'the events that are dead still': ['store.requeue.by-scope'],
    },
  },
  {
    id: 'account-left-out',
    defect: 'Events, effects and rows of all accounts are the same',
    store: 'memory',
    apply: [
      edit(
        STATE,
        "`${livemode ? 'live' : 'test'}\\n${account}\\n${key}`",
        '`${livemode}\\n${key}`',
      ),
    ],
    kills: {
      'the answer for the other account': ['store.claim.by-account'],
      'what is new for the others': ['store.effect.by-account'],
      'the messages': ['store.message.by-scope'],
      'the rows': ['store.mirror.scope'],
      'the events that are dead still': ['store.requeue.by-scope'],
    },
  },
  {
    id: 'keys-fold-case',
    defect: 'Keys that differ in case or in accents are the same',
    store: 'memory',
    apply: [
      edit(
        STATE,
        "`${livemode ? 'live' : 'test'}\\n${account}\\n${key}`",
        '`${livemode}\\n${account}\\n${key.toLowerCase()}`',
      ),
    ],
    kills: {
      'the answer for the other id': ['store.claim.by-exact-id'],
      'what is new then': ['store.effect.once'],
      'the rows': ['store.mirror.by-customer'],
    },
  },
  {
    id: 'endpoint-in-key',
    defect: 'One event from two endpoints is two',
    store: 'memory',
    apply: [
      edit(
        INBOX,
        "state.eventOf(delivery.key) ?? state.insert(delivery, 'received', options.now)\n      return claimRow",
        "[state.eventOf(delivery.key)].find((known) => known?.delivery.endpoint === delivery.endpoint) ?? state.insert(delivery, 'received', options.now)\n      return claimRow",
      ),
    ],
    kills: { 'the answer at the other endpoint': ['store.claim.any-endpoint'] },
  },
  {
    id: 'insert-not-done',
    defect: 'An event that was inserted as done waits to be done',
    store: 'memory',
    apply: [
      edit(
        INBOX,
        'commitMark(row, mark, newAdditions())',
        'commitMark(row, { ...mark, state: undefined }, newAdditions())',
      ),
    ],
    kills: {
      "then { status: 'processed' }": ['store.claim-and-commit.new'],
      'the answers': ['store.claim-and-commit.exactly-one'],
      'the batch': ['store.claim-next.only-open'],
      'the numbers': ['store.prune.bodies'],
      'the number of events': ['store.prune.events'],
      'the numbers of bodies': ['store.prune.limit'],
      'the answer to a delivery': ['store.prune.duplicate'],
    },
  },
  {
    id: 'known-committed',
    defect: 'claimAndCommit commits what is known already',
    store: 'memory',
    apply: [
      edit(
        INBOX,
        "if (known !== undefined) return claimRow(known, options)\n      const row = state.insert(delivery, 'received', options.now)",
        "const row = known ?? state.insert(delivery, 'received', options.now)",
      ),
    ],
    kills: {
      'the number of those who took it': ['store.claim.whatever-way'],
      'the answers': [
        'store.claim-and-commit.exactly-one',
        'store.claim-and-commit.known',
      ],
    },
  },
  {
    id: 'known-in-flight',
    defect: 'claimAndCommit leases no event that waits',
    store: 'memory',
    apply: [
      edit(
        INBOX,
        'if (known !== undefined) return claimRow(known, options)',
        "if (known !== undefined) return known.state === 'processed' ? { status: 'processed' } : { status: 'in_flight' }",
      ),
    ],
    kills: {
      'the answers': ['store.claim-and-commit.known'],
      'the answer after the commit': ['store.claim-and-commit.lease'],
    },
  },
]
