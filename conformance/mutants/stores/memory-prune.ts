import { edit } from '../mutant.ts'
import type { StoreMutant } from './store-mutant.ts'

const INBOX = 'packages/core/src/store/memory/memory-inbox.ts'
const RECOVERY = 'packages/core/src/store/memory/memory-recovery.ts'

export const memoryPruneMutants: readonly StoreMutant[] = [
  {
    id: 'prune-of-open',
    defect: 'Events that wait, or have failed, are deleted as well',
    store: 'memory',
    apply: [
      edit(
        RECOVERY,
        "if (!['processed', 'ignored', 'skipped'].includes(row.state)) continue\n",
        '',
      ),
    ],
    kills: {
      'the numbers': ['store.prune.bodies'],
      'the number of events': ['store.prune.events'],
    },
  },
  {
    id: 'prune-of-processed-alone',
    defect: 'Ignored and skipped events are kept for ever',
    store: 'memory',
    apply: [edit(RECOVERY, "['processed', 'ignored', 'skipped']", "['processed']")],
    kills: {
      'the numbers': ['store.prune.bodies'],
      'the number of events': ['store.prune.events'],
      'the number of bodies, one of them older': ['store.prune.age'],
    },
  },
  {
    id: 'prune-by-arrival',
    defect: 'The age of an event counts from its arrival',
    store: 'memory',
    apply: [
      edit(
        RECOVERY,
        'const changedAt = row.finishedAt ?? row.receivedAt',
        'const changedAt = row.receivedAt',
      ),
    ],
    kills: { 'the number of bodies, one of them older': ['store.prune.age'] },
  },
  {
    id: 'prune-includes-time',
    defect: 'What changed at the very time is deleted as well',
    store: 'memory',
    apply: [edit(RECOVERY, 'changedAt < bodiesBefore', 'changedAt <= bodiesBefore')],
    kills: { 'the number of bodies, none of them older': ['store.prune.age'] },
  },
  {
    id: 'prune-unlimited',
    defect: 'All bodies are deleted at once',
    store: 'memory',
    apply: [edit(RECOVERY, ' && bodies < limit', '')],
    kills: { 'the numbers of bodies': ['store.prune.limit'] },
  },
  {
    id: 'prune-events-unlimited',
    defect: 'All events are deleted at once',
    store: 'memory',
    apply: [edit(RECOVERY, ' && events < limit', '')],
    kills: { 'the numbers of events': ['store.prune.limit'] },
  },
  {
    id: 'prune-deletes-key',
    defect: 'With the body of an event the event is deleted',
    store: 'memory',
    apply: [
      edit(
        RECOVERY,
        'row.hasBody = false\n',
        'row.hasBody = false\n          state.events.delete(id)\n',
      ),
    ],
    kills: {
      'what is left': ['store.prune.bodies'],
      'the event evt_': ['store.prune.age'],
      'the numbers of events': ['store.prune.limit'],
      'the answer to a delivery': ['store.prune.duplicate'],
    },
  },
  {
    id: 'prune-forgets-effects',
    defect: 'With an event its effects are deleted',
    store: 'memory',
    apply: [
      edit(
        RECOVERY,
        'state.events.delete(id)\n',
        'state.events.delete(id)\n          state.effects.clear()\n',
      ),
    ],
    kills: { 'what is new': ['store.prune.effects-stay'] },
  },
  {
    id: 'body-not-restored',
    defect: 'A delivery of an event without a body does not bring it back',
    store: 'memory',
    apply: [edit(INBOX, 'row.hasBody = true\n', '')],
    kills: { 'a body true': ['store.prune.body-again'] },
  },
]
