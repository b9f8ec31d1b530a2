import { type Edit, edit } from '../mutants/mutant.ts'
import type { StoreName } from './child/messages.ts'
import type { Harm } from './judge.ts'

/** A fault that a campaign has to find. */
export interface PlantedFault {
  readonly id: string
  readonly store: StoreName
  /** Of the first world, which has to be one in which the fault matters. */
  readonly seed: number
  readonly apply: readonly Edit[]
  /** As what it may show. */
  readonly harms: readonly Harm[]
}

/** Of worlds: see `planOf`. */
const INLINE_REFETCH = 0
const DURABLE_REFETCH = 1
const INLINE_EVENT = 2
/** As INLINE_REFETCH, with clocks that jump. */
const JUMPING = 172

const processing = 'packages/core/src/processing'
const mirror = 'packages/core/src/mirror/mirror-row.ts'
const sqlite = 'packages/store-sqlite/src/store'

const markOutside = edit(
  `${processing}/handler-run.ts`,
  'const result = await settings.store.commit<T>(lease, markOf(reason), storeWork)',
  `const { state, handler, reason: _, ...open } = markOf(reason)
      const result = await settings.store.commit<T>(lease, { ...open, handler: undefined }, storeWork)
      await settings.store.commit(lease, markOf(reason))`,
)

/**
 * Not among them: a commit that is not synced, and an acknowledgement before the sync. The
 * system keeps what a killed process has written, so only a loss of power shows those.
 */
export const plantedFaults: readonly PlantedFault[] = [
  {
    id: 'an event is acknowledged before it is recorded',
    store: 'sqlite',
    seed: DURABLE_REFETCH,
    apply: [
      edit(
        `${processing}/process-event.ts`,
        "const recorded = await record(delivery, 'received', settings)",
        "void record(delivery, 'received', settings)\n  const recorded = 'stored' as 'stored' | 'store_unavailable'",
      ),
    ],
    harms: ['lost'],
  },
  {
    id: 'an event is acknowledged before its handlers have committed',
    store: 'postgres',
    seed: INLINE_REFETCH,
    apply: [
      edit(
        `${processing}/run-handlers.ts`,
        'runInOrder(attempt, handlers, ending.signal).then(',
        "clock.setTimeout(() => resolve('processed'), 1)\n    runInOrder(attempt, handlers, ending.signal).then(",
      ),
    ],
    harms: ['lost'],
  },
  {
    id: 'the mark is committed after the transaction',
    store: 'sqlite',
    seed: INLINE_REFETCH,
    apply: [markOutside],
    harms: ['doubled'],
  },
  {
    id: 'the mark is committed after the transaction, in PostgreSQL',
    store: 'postgres',
    seed: INLINE_REFETCH,
    apply: [markOutside],
    harms: ['doubled'],
  },
  {
    id: 'the mark is committed after the transaction, with an engine',
    store: 'engine',
    seed: DURABLE_REFETCH,
    apply: [markOutside],
    harms: ['doubled'],
  },
  {
    id: 'a lease has no fencing token',
    store: 'sqlite',
    seed: JUMPING,
    apply: [
      edit(
        `${sqlite}/event-statements.ts`,
        "AND token = ? AND state = 'received'",
        'AND ? > 0',
      ),
    ],
    harms: ['doubled'],
  },
  {
    id: 'effects are committed outside of the transaction',
    store: 'sqlite',
    seed: INLINE_REFETCH,
    apply: [
      edit(
        `${sqlite}/inbox.ts`,
        'return additions.addEffect(key, effect, mark.now)',
        `void write({ write: () => additions.addEffect(key, effect, mark.now), isRelied: () => false })
                return true`,
      ),
    ],
    harms: ['doubled'],
  },
  {
    id: 'an event is recorded without its body',
    store: 'sqlite',
    seed: DURABLE_REFETCH,
    apply: [
      edit(
        `${sqlite}/inbox.ts`,
        'if (changes === 1) {\n            insertBody(lastInsertRowid, delivery)',
        'if (changes === 1) {',
      ),
    ],
    harms: ['lost'],
  },
  {
    id: 'what was fetched last is not kept',
    store: 'sqlite',
    seed: INLINE_REFETCH,
    apply: [
      edit(
        mirror,
        'known.fetch.ticket >= write.ticket',
        'known.fetch.ticket === write.ticket',
      ),
    ],
    harms: ['regressed'],
  },
  {
    id: 'the mirror takes events in the order in which they arrive',
    store: 'postgres',
    seed: INLINE_EVENT,
    apply: [
      edit(
        mirror,
        'keepNewest([...known.links, { ...link, seen: now }])',
        'keepNewest([{ ...link, seen: now }])',
      ),
    ],
    harms: ['regressed'],
  },
  {
    id: 'a message counts as sent before it was',
    store: 'sqlite',
    seed: INLINE_REFETCH,
    apply: [
      edit(
        'packages/core/src/worker/message-source.ts',
        'await callSender(sender, message, stopping, settings)',
        'void callSender(sender, message, stopping, settings).catch(() => {})',
      ),
    ],
    harms: ['lost'],
  },
]
