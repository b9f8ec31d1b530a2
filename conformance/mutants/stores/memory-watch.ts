import { edit } from '../mutant.ts'
import type { StoreMutant } from './store-mutant.ts'

const INBOX = 'packages/core/src/store/memory/memory-inbox.ts'
const RECOVERY = 'packages/core/src/store/memory/memory-recovery.ts'

export const memoryWatchMutants: readonly StoreMutant[] = [
  {
    id: 'checkpoint-kept-first',
    defect: 'A checkpoint keeps its first text',
    store: 'memory',
    apply: [
      edit(
        RECOVERY,
        'state.checkpoints.set(name, value)',
        'state.checkpoints.set(name, state.checkpoints.get(name) ?? value)',
      ),
    ],
    kills: { 'the texts': ['store.checkpoint.kept'] },
  },
  {
    id: 'checkpoints-share',
    defect: 'All checkpoints have one text',
    store: 'memory',
    apply: [
      edit(
        RECOVERY,
        'state.checkpoints.set(name, value)',
        "state.checkpoints.set('events', value)",
      ),
    ],
    kills: { 'the texts': ['store.checkpoint.kept'] },
  },
  {
    id: 'watch-not-told-of-retries',
    defect: 'Who watches is not told of what was released',
    store: 'memory',
    apply: [edit(INBOX, "else state.wake('event')", '')],
    kills: { 'what was told of one given back': ['store.watch.events'] },
  },
  {
    id: 'watch-not-told-of-messages',
    defect: 'Who watches is not told of messages',
    store: 'memory',
    apply: [edit(INBOX, "if (additions.messages.size > 0) state.wake('message')", '')],
    kills: { 'what was told of a commit': ['store.watch.messages'] },
  },
  {
    id: 'watch-told-early',
    defect: 'Who watches is told before the event is there',
    store: 'memory',
    apply: [
      edit(
        INBOX,
        "state.insert(delivery, to, now)\n        if (to !== 'received') return 'idle'\n        state.wake('event')",
        "if (to === 'received') state.wake('event')\n        state.insert(delivery, to, now)\n        if (to !== 'received') return 'idle'",
      ),
    ],
    kills: { 'the number of events': ['store.watch.after-commit'] },
  },
  {
    id: 'watch-never-ends',
    defect: 'Who watches no more is told all the same',
    store: 'memory',
    apply: [edit(INBOX, 'state.listeners.delete(listener)', '')],
    kills: { 'the number of calls': ['store.watch.ended'] },
  },
]
