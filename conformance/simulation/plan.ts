import type { Chooser } from '../fuzz/chooser.ts'

/** What a simulated world is like. Durations are virtual milliseconds; chances are "one in n", and 0 is never. */
export interface Plan {
  readonly processes: readonly ProcessPlan[]
  readonly sync: 'refetch' | 'event' | 'off'
  readonly changes: number
  readonly stormMs: number
  readonly handlerTimeoutMs: number
  readonly retries: {
    readonly limit: number
    readonly firstMs: number
    readonly maxMs: number
  }
  readonly concurrency: number
  readonly pollMs: number
  /** Whether what one process stores wakes the workers of others. */
  readonly isShared: boolean
  readonly hasOnEvent: boolean
  readonly clocks: 'exact' | 'apart' | 'jumping'
  /** How often one call of the store, and how often the whole of it, fails. */
  readonly storeFaults: number
  readonly outages: number
  readonly fetchFaults: number
  readonly handlerFaults: number
  readonly senderFaults: number
  /** How often, at a step of its own, a process crashes or is stopped. */
  readonly ends: number
  readonly duplicates: number
  /** The longest of most waits: the shorter, the more happens at once. */
  readonly paceMs: number
}

/** Whether some worker hears at once of whatever is stored. */
export function isHeard({ processes, isShared }: Plan): boolean {
  const isStarted = ({ worker }: ProcessPlan) => worker === 'started'
  return isShared ? processes.some(isStarted) : processes.every(isStarted)
}

/** Whether everything that is due is done soon, and not only when somebody looks. */
export function isPrompt(plan: Plan): boolean {
  const isTroubled =
    plan.clocks === 'jumping' || plan.storeFaults + plan.outages + plan.ends > 0
  // A lease that ends unnoticed in a process that runs events inline wakes no worker.
  const isAlike = new Set(plan.processes.map(({ processing }) => processing)).size === 1
  return !isTroubled && isHeard(plan) && isAlike
}

export interface ProcessPlan {
  readonly processing: 'inline' | 'durable'
  /** `cron` drains now and then. */
  readonly worker: 'started' | 'cron' | 'none'
}

export function drawPlan(chooser: Chooser): Plan {
  // One world in four knows no fault but those of its handlers, so that it can be judged by the clock.
  const isCalm = chooser.oneIn(4)
  const chance = (...chances: readonly [number, ...number[]]) =>
    isCalm ? 0 : chooser.of(chances)
  return {
    processes: Array.from({ length: chooser.of([1, 2, 2, 3]) }, () => ({
      processing: chooser.of(['inline', 'durable', 'durable']),
      worker: chooser.of(['started', 'started', 'started', 'cron', 'none']),
    })),
    sync: chooser.of(['refetch', 'event', 'off']),
    changes: 1 + chooser.below(chooser.of([4, 8, 8, 16])),
    stormMs: chooser.of([500, 5_000, 30_000, 60_000]),
    handlerTimeoutMs: chooser.of([3_000, 15_000, 60_000]),
    retries: {
      limit: chooser.of([1_000, 1_000, 3]),
      firstMs: chooser.of([200, 2_000]),
      maxMs: 20_000,
    },
    concurrency: chooser.of([1, 2, 10]),
    pollMs: chooser.of([30_000, 600_000]),
    isShared: chooser.oneIn(2),
    hasOnEvent: chooser.oneIn(3),
    clocks: isCalm ? 'exact' : chooser.of(['exact', 'apart', 'jumping']),
    storeFaults: chance(0, 8, 20, 60),
    outages: chance(0, 0, 8, 3),
    fetchFaults: chance(0, 4, 12),
    handlerFaults: chooser.of([0, 3, 8]),
    senderFaults: chooser.of([0, 3, 8]),
    ends: chance(0, 0, 400, 60),
    duplicates: chooser.of([0, 3, 8]),
    paceMs: chooser.of([2, 20, 150]),
  }
}
