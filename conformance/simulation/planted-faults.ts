import { type Edit, edit } from '../mutants/mutant.ts'
import type { Plan } from './plan.ts'
import type { Invariant } from './world.ts'

/** A fault in core that the simulation has to find. */
export interface PlantedFault {
  readonly id: string
  readonly apply: readonly Edit[]
  /** Worlds in which it can show; default: all. */
  readonly shownIn?: (plan: Plan) => boolean
  /** What it may be found by. */
  readonly violates: readonly Invariant[]
}

const core = 'packages/core/src'
const inbox = `${core}/store/memory/memory-inbox.ts`
const state = `${core}/store/memory/memory-state.ts`
const runHandlers = `${core}/processing/run-handlers.ts`

export const plantedFaults: readonly PlantedFault[] = [
  {
    id: 'the mark is committed outside of the transaction',
    apply: [
      edit(
        inbox,
        'const value = work?.(undefined, {',
        'commitMark(row, mark, newAdditions())\n      const value = work?.(undefined, {',
      ),
      edit(
        inbox,
        'refusePromise(value)\n      commitMark(row, mark, additions)',
        "refusePromise(value)\n      state.keep(key, additions)\n      state.wake('message')",
      ),
    ],
    violates: ['an effect is committed exactly once', 'nothing waits for ever'],
  },
  {
    id: 'a lease has no fencing token',
    apply: [edit(state, 'row?.token === token && row.leaseUntil', 'row?.leaseUntil')],
    shownIn: ({ clocks }) => clocks === 'jumping',
    violates: ['only the newest lease commits', 'a handler commits an event once'],
  },
  {
    id: 'a release forgets the event',
    apply: [
      edit(
        inbox,
        'state.setState(row, end.state)\n      row.leaseUntil = 0',
        'state.setState(row, end.state)\n      state.open.delete(row)\n      row.leaseUntil = 0',
      ),
    ],
    violates: ['nothing waits for ever'],
  },
  {
    id: 'an event is acknowledged before it is recorded',
    apply: [
      edit(
        `${core}/processing/process-event.ts`,
        "const recorded = await record(delivery, 'received', settings)",
        "void record(delivery, 'received', settings)\n  const recorded = 'stored' as 'stored' | 'store_unavailable'",
      ),
    ],
    violates: ['a 2xx means committed or stored'],
  },
  {
    id: 'an event is acknowledged before its handlers have ended',
    apply: [
      edit(
        runHandlers,
        'runInOrder(attempt, handlers, ending.signal).then(',
        "clock.setTimeout(() => resolve('processed'), 1)\n    runInOrder(attempt, handlers, ending.signal).then(",
      ),
    ],
    violates: ['a 2xx means committed or stored'],
  },
  {
    id: 'the mirror ignores tickets',
    apply: [
      edit(
        `${core}/mirror/mirror-row.ts`,
        'known.fetch.ticket >= write.ticket',
        'known.fetch.ticket === write.ticket',
      ),
    ],
    shownIn: ({ sync, processes }) =>
      sync === 'refetch' && processes.some(({ processing }) => processing === 'inline'),
    violates: ['the mirror shows what Stripe has'],
  },
  {
    id: 'a ticket is taken after the fetch',
    apply: [
      edit(
        `${core}/mirror/mirror-sync.ts`,
        'const ticket = await store.takeTicket()',
        'await store.takeTicket()',
      ),
      edit(
        `${core}/mirror/mirror-sync.ts`,
        'const write = toFetchWrite(',
        'const ticket = await store.takeTicket()\n      const write = toFetchWrite(',
      ),
    ],
    shownIn: ({ sync, processes }) =>
      sync === 'refetch' && processes.some(({ processing }) => processing === 'inline'),
    violates: ['the mirror shows what Stripe has'],
  },
  {
    id: 'the mirror takes events in the order in which they arrive',
    apply: [
      edit(
        `${core}/mirror/mirror-row.ts`,
        'keepNewest([...known.links, { ...link, seen: now }])',
        'keepNewest([{ ...link, seen: now }])',
      ),
    ],
    violates: ['the mirror shows what Stripe has'],
  },
  {
    id: 'several events of an object run at once',
    apply: [edit(inbox, "object !== '' && busy.has(object)", 'false')],
    violates: ['a worker runs one event of an object at a time'],
  },
  {
    id: 'the newest events run first',
    apply: [edit(inbox, 'one.seq - other.seq', 'other.seq - one.seq')],
    violates: ['events of an object run in the order in which they came'],
  },
  {
    id: 'two claims of an event succeed',
    apply: [
      edit(inbox, "if (isHeld(row, options)) return { status: 'in_flight' }\n", ''),
    ],
    violates: ['one at a time holds an event'],
  },
  {
    id: 'a clock that is a little ahead makes a lease worthless',
    apply: [edit(state, 'now + 2 * leaseMs', 'now + leaseMs')],
    violates: [
      'one at a time holds an event',
      'a worker runs one event of an object at a time',
    ],
  },
  {
    id: 'a retry does not wait',
    apply: [
      edit(
        inbox,
        "row.dueAt = end.state === 'failed' ? end.retryAt : 0",
        'row.dueAt = 0',
      ),
    ],
    violates: ['a retry waits until it is due'],
  },
  {
    id: 'a retry never comes',
    apply: [
      edit(
        inbox,
        "row.dueAt = end.state === 'failed' ? end.retryAt : 0",
        "row.dueAt = end.state === 'failed' ? 2 * end.retryAt : 0",
      ),
    ],
    violates: ['nothing waits for ever'],
  },
  {
    id: 'effects are not deduplicated',
    apply: [
      edit(state, 'if (this.effects.has(id) || effects.has(id)) return false\n', ''),
    ],
    violates: ['an effect is committed exactly once'],
  },
  {
    id: 'handlers that have finished run again',
    apply: [
      edit(
        `${core}/processing/run-in-order.ts`,
        '!finishedHandlers.includes(name)',
        'name.length > 0',
      ),
    ],
    violates: ['a handler commits an event once'],
  },
  {
    id: 'a wake-up that comes while the worker claims is lost',
    apply: [
      edit(
        `${core}/worker/loop.ts`,
        'this.#pauseMs = FIRST_PAUSE_MS\n      return batch',
        'this.#pauseMs = FIRST_PAUSE_MS\n      this.#alarm.reset()\n      return batch',
      ),
    ],
    violates: [
      'what is stored wakes a worker',
      'a worker that is stopped ends, and keeps nothing',
      'nothing waits for ever',
    ],
  },
  {
    id: 'nothing wakes a worker',
    apply: [
      edit(
        `${core}/worker/loop.ts`,
        'wake(): void {\n    this.#alarm.ring()',
        'wake(): void {',
      ),
    ],
    violates: ['what is stored wakes a worker', 'nothing waits for ever'],
  },
  {
    id: 'an event fails for good at its first failure',
    apply: [
      edit(
        `${core}/processing/end-attempt.ts`,
        'lease.attempt >= limit\n      ? {',
        'lease.attempt >= 1\n      ? {',
      ),
    ],
    violates: ['an event is dead only after all its attempts'],
  },
  {
    id: 'a message counts as sent although its sender has failed',
    apply: [
      edit(
        `${core}/worker/message-source.ts`,
        "return { state: 'failed', error: text, retryAt }",
        "return { state: 'sent' }",
      ),
    ],
    violates: ['a message is one row, and is sent'],
  },
  {
    id: 'a handler that runs too long loses its event at once',
    apply: [
      edit(
        runHandlers,
        'reportFailure(attempt, error)',
        'void handBack(attempt, error, true)',
      ),
    ],
    violates: ['a worker runs one event of an object at a time'],
  },
  {
    id: 'what is claimed after a stop is run',
    apply: [edit(runHandlers, 'if (stopping?.aborted) return giveBack(attempt)', '')],
    violates: [
      'a worker that is stopped ends, and keeps nothing',
      'nothing waits for ever',
    ],
  },
  {
    id: 'a clock that jumps back gives handlers hours',
    apply: [edit(runHandlers, 'Math.min(handlerTimeoutMs, ', 'Math.max(')],
    shownIn: ({ clocks }) => clocks === 'jumping',
    violates: ['receive answers in time, and never rejects'],
  },
  {
    id: 'a handler commits again after an answer of the store was lost',
    apply: [
      edit(
        `${core}/processing/handler-run.ts`,
        'if (unknown !== undefined) throw unknown',
        '',
      ),
    ],
    shownIn: ({ storeFaults }) => storeFaults > 0,
    violates: ['a handler commits an event once'],
  },
  {
    id: 'a store that hangs is waited for without end',
    apply: [
      edit(
        `${core}/processing/run-claimed.ts`,
        'await answerOf(store.commit(lease, mark), settings)',
        'await store.commit(lease, mark)',
      ),
      edit(
        `${core}/processing/answer-of-store.ts`,
        'const STORE_TIMEOUT_MS = 10_000',
        'const STORE_TIMEOUT_MS = 100_000_000',
      ),
    ],
    violates: [
      'receive answers in time, and never rejects',
      'a worker that is stopped ends, and keeps nothing',
      'what is stored wakes a worker',
      'nothing waits for ever',
    ],
  },
]
