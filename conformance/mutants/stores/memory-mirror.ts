import { edit } from '../mutant.ts'
import type { StoreMutant } from './store-mutant.ts'

const INBOX = 'packages/core/src/store/memory/memory-inbox.ts'
const MIRROR = 'packages/core/src/store/memory/memory-mirror.ts'
const STATE = 'packages/core/src/store/memory/memory-state.ts'

export const memoryMirrorMutants: readonly StoreMutant[] = [
  {
    id: 'tickets-repeat',
    defect: 'Two that take a ticket at once get the same',
    store: 'memory',
    apply: [
      edit(
        MIRROR,
        'state.ticket += 1\n      return state.ticket',
        'const ticket = state.ticket + 1\n      await undefined\n      state.ticket = ticket\n      return ticket',
      ),
    ],
    kills: { 'different tickets': ['store.ticket.rising'] },
  },
  {
    id: 'mirror-ignores-order',
    defect: 'The last write to the mirror wins, whatever its ticket',
    store: 'memory',
    apply: [
      edit(
        STATE,
        'mergeMirror(this.mirror.get(place)?.row, write, now)',
        'mergeMirror(undefined, write, now)',
      ),
    ],
    kills: {
      "the row 'by 12'": ['store.mirror.inserted-at-once', 'store.mirror.concurrent'],
      'the row ': ['store.mirror.order'],
    },
  },
  {
    id: 'mirror-of-new-events',
    defect: 'An event that is inserted as done writes nothing to the mirror',
    store: 'memory',
    apply: [
      edit(
        INBOX,
        'commitMark(row, mark, newAdditions())',
        'commitMark(row, { ...mark, mirror: undefined }, newAdditions())',
      ),
    ],
    kills: {
      'the row of the other commit': ['store.mirror.committed'],
      "the row 'by 12'": ['store.mirror.inserted-at-once'],
    },
  },
  {
    id: 'mirror-before-work',
    defect: 'The mirror is written before the callback, and outside of the transaction',
    store: 'memory',
    apply: [
      edit(
        INBOX,
        'const additions = newAdditions()\n      const { key } = lease',
        'const additions = newAdditions()\n      const { key } = lease\n      if (mark.mirror !== undefined) state.mergeMirror(key, mark.mirror, mark.now)',
      ),
    ],
    kills: { 'the row undefined': ['store.mirror.not-committed'] },
  },
  {
    id: 'mirror-kinds-mixed',
    defect: 'Rows of the mirror have one place for all kinds',
    store: 'memory',
    apply: [edit(STATE, 'scoped(scope, `${kind}\\n${id}`)', 'scoped(scope, id)')],
    kills: { 'the rows': ['store.mirror.scope'] },
  },
  {
    id: 'customers-of-any-scope',
    defect: 'The rows of a customer are found in every mode and account',
    store: 'memory',
    apply: [edit(MIRROR, 'isSameScope(of, scope) &&\n', '')],
    kills: { 'the rows': ['store.mirror.by-customer'] },
  },
  {
    id: 'rows-unsorted',
    defect: 'The rows of a customer come as they were written',
    store: 'memory',
    apply: [
      edit(MIRROR, '.sort((one, other) => (one.data.id < other.data.id ? -1 : 1))', ''),
    ],
    kills: { 'the rows': ['store.mirror.by-customer'] },
  },
  {
    id: 'mirror-read-then-write',
    defect: 'Between reading a row of the mirror and writing it others have their turn',
    store: 'memory',
    apply: [
      edit(
        STATE,
        'if (row !== undefined) this.mirror.set(place, { scope, row })',
        'queueMicrotask(() => {\n      if (row !== undefined) this.mirror.set(place, { scope, row })\n    })',
      ),
    ],
    kills: {
      "the row 'by 12'": ['store.mirror.inserted-at-once', 'store.mirror.concurrent'],
    },
  },
  {
    id: 'mirror-without-null',
    defect: 'A text of the mirror loses its U+0000',
    store: 'memory',
    apply: [
      edit(
        STATE,
        'if (row !== undefined) this.mirror.set(place, { scope, row })',
        'if (row !== undefined) this.mirror.set(place, JSON.parse(JSON.stringify({ scope, row }), (_, part) => typeof part === "string" ? part.replaceAll("\\0", "") : part))',
      ),
    ],
    kills: { 'the row': ['store.mirror.any-text'] },
  },
]
