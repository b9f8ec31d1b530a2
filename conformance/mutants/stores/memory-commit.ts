import { edit } from '../mutant.ts'
import type { StoreMutant } from './store-mutant.ts'

const INBOX = 'packages/core/src/store/memory/memory-inbox.ts'
const STATE = 'packages/core/src/store/memory/memory-state.ts'

export const memoryCommitMutants: readonly StoreMutant[] = [
  {
    id: 'lease-without-fencing',
    defect: 'Who has lost the lease commits all the same',
    store: 'memory',
    apply: [
      edit(
        STATE,
        'return row?.token === token && row.leaseUntil !== 0 ? row : undefined',
        'return row?.leaseUntil !== 0 ? row : undefined',
      ),
    ],
    kills: {
      'the commit of the first': ['store.claim-next.lease'],
      'the commit of the one who lost it': ['store.commit.fencing'],
      'the answer to the next delivery': ['store.release.stale'],
    },
  },
  {
    id: 'release-does-not-end',
    defect: 'Who has given the event back commits all the same',
    store: 'memory',
    apply: [
      edit(
        STATE,
        'return row?.token === token && row.leaseUntil !== 0 ? row : undefined',
        'return row?.token === token ? row : undefined',
      ),
    ],
    kills: {
      'the commit after failed': ['store.commit.released'],
      'the second commit': ['store.commit.twice'],
      'what was committed': ['store.commit.at-once'],
      'the state': ['store.release.done'],
      'the row undefined': ['store.mirror.not-committed'],
      'the commit': ['store.requeue.late-commit'],
    },
  },
  {
    id: 'finish-not-timed',
    defect: 'It is not recorded when an event was done',
    store: 'memory',
    apply: [edit(INBOX, 'row.finishedAt = mark.now\n', '')],
    kills: {
      'the event': ['store.commit.done'],
      'the number of bodies, one of them older': ['store.prune.age'],
    },
  },
  {
    id: 'reason-forgotten',
    defect: 'It is not recorded why an event is unmatched',
    store: 'memory',
    apply: [edit(INBOX, 'row.reason = mark.reason\n', '')],
    kills: { 'the events': ['store.commit.unmatched'] },
  },
  {
    id: 'processed-keeps-handlers',
    defect: 'An event that was processed remembers its handlers',
    store: 'memory',
    apply: [
      edit(
        INBOX,
        "if (mark.state === 'processed' || mark.state === 'ignored')\n      row.finishedHandlers = NONE\n    else if",
        'if',
      ),
    ],
    kills: { 'the finished handlers': ['store.commit.unmatched-handlers'] },
  },
  {
    id: 'unmatched-forgets-handlers',
    defect: 'An unmatched event forgets its handlers',
    store: 'memory',
    apply: [
      edit(
        INBOX,
        "if (mark.state === 'processed' || mark.state === 'ignored')",
        'if (mark.state !== undefined)',
      ),
    ],
    kills: { 'the finished handlers': ['store.commit.unmatched-handlers'] },
  },
  {
    id: 'value-dropped',
    defect: 'What the callback returned is dropped',
    store: 'memory',
    apply: [
      edit(
        INBOX,
        'return { committed: true, value }',
        'return { committed: true, value: undefined }',
      ),
    ],
    kills: {
      'the effect afterwards': ['store.claim-and-commit.declared'],
      'the answer': ['store.commit.value'],
      'the effect of the one who has it': ['store.commit.fencing'],
      'a new effect true': [
        'store.commit.released',
        'store.commit.twice',
        'store.commit.neighbours',
        'store.commit.late-recording',
      ],
      'the effect of the next try': ['store.commit.throws'],
      'what is new at first': ['store.effect.once', 'store.message.once'],
      'what is new': [
        'store.effect.exactly-one',
        'store.effect.of-another-that-throws',
        'store.requeue.effects-stay',
        'store.prune.effects-stay',
      ],
      'what is new then': ['store.effect.crossed', 'store.effect.declared'],
      'what is new in the other mode': ['store.effect.by-mode'],
      'what is new for the others': ['store.effect.by-account'],
    },
  },
  {
    id: 'lease-clock-checked',
    defect: 'A lease that has ended commits nothing, though nobody took it over',
    store: 'memory',
    apply: [
      edit(
        INBOX,
        'if (row === undefined) return { committed: false }',
        'if (row === undefined || row.leaseUntil < mark.now) return { committed: false }',
      ),
    ],
    kills: { 'the commit true': ['store.commit.expired'] },
  },
  {
    id: 'mark-before-work',
    defect: 'The mark stays when the callback throws',
    store: 'memory',
    apply: [
      edit(
        INBOX,
        'const additions = newAdditions()\n      const { key } = lease',
        'const additions = newAdditions()\n      if (mark.state !== undefined) state.setState(row, mark.state)\n      const { key } = lease',
      ),
    ],
    kills: {
      'the state of the event': ['store.commit.throws', 'store.commit.promise'],
      'the states': ['store.commit.neighbours'],
    },
  },
  {
    id: 'effects-outside',
    defect: 'Effects stay when the callback throws',
    store: 'memory',
    apply: [
      edit(
        STATE,
        'effects.add(id)\n    return true',
        'effects.add(id)\n    this.effects.add(id)\n    return true',
      ),
    ],
    kills: {
      'the effect of the next try': ['store.commit.throws'],
      'a new effect true': ['store.commit.neighbours', 'store.commit.late-recording'],
      'what is new': ['store.effect.of-another-that-throws'],
    },
  },
  {
    id: 'errors-wrapped',
    defect: 'What a callback threw comes back in an error of the store',
    store: 'memory',
    apply: [
      edit(
        INBOX,
        'const value = work?.(undefined, {',
        "const attempt = (...given: Parameters<NonNullable<typeof work>>) => {\n        try {\n          return work?.(...given)\n        } catch (cause) {\n          throw new Error('the transaction failed', { cause })\n        }\n      }\n      const value = attempt(undefined, {",
      ),
    ],
    kills: { 'what was thrown': ['store.commit.throws'] },
  },
  {
    id: 'promise-accepted',
    defect: 'A callback that returns a promise is committed',
    store: 'memory',
    apply: [edit(INBOX, 'refusePromise(value)\n', '')],
    kills: {
      'the promise to be refused with transaction_asynchronous': ['store.commit.promise'],
    },
  },
  {
    id: 'late-recording-kept',
    defect: 'What is recorded after the end of a transaction is kept',
    store: 'memory',
    apply: [
      edit(
        INBOX,
        'effect: (effect: string) => state.addEffect(key, effect, additions),',
        'effect: (effect: string) => state.addEffect(key, effect, row.leaseUntil === 0 ? state : additions),',
      ),
    ],
    kills: { 'a new effect true': ['store.commit.late-recording'] },
  },
  {
    id: 'handlers-forgotten',
    defect: 'Handlers that have finished are not remembered',
    store: 'memory',
    apply: [
      edit(
        INBOX,
        'row.finishedHandlers = [...row.finishedHandlers, mark.handler]',
        'row.finishedHandlers = NONE',
      ),
    ],
    kills: {
      'the finished handlers': [
        'store.claim.finished-handlers',
        'store.commit.unmatched-handlers',
        'store.release.finished-handlers',
        'store.requeue.finished-handlers',
      ],
    },
  },
]
