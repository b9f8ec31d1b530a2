import { setTimeout as sleep } from 'node:timers/promises'
import { planSteps } from './http-case.ts'
import { BATCH_CASES, type CasePlan, runBatch, type Violation } from './run-batch.ts'
import { findSmallest } from './shrink.ts'
import { type RunningHost, type Subject, startHost } from './start-host.ts'

export interface TargetOptions {
  readonly seed: number
  readonly cases: number
  /** Runs only this one. */
  readonly only?: number
  /** Called with how many cases more are done. */
  readonly onProgress: (cases: number) => void
  /** Ends the campaign after the batch that is under way. */
  readonly signal: AbortSignal
}

export interface TargetResult {
  readonly subject: Subject
  readonly done: number
  readonly acted: number
  /** Bytes in use, after the first batch and after the last. */
  readonly memory?: readonly [before: number, after: number]
  readonly violation?: Violation
  /** The case that does it alone. */
  readonly index?: number
}

/** What may stay in use, in bytes: the records of what was accepted (the stores here are of memory), and what the runtime keeps. */
const KEPT_PER_CASE = 4_096
const KEPT_BY_RUNTIME = 16_777_216

const MEASUREMENTS = 10
const MEASURE_EVERY_MS = 500

/** Runs the cases of one target, and stops at the first violation. */
export async function runTarget(
  subject: Subject,
  { seed, cases, only, onProgress, signal }: TargetOptions,
): Promise<TargetResult> {
  const plans = Array.from(
    { length: only === undefined ? cases : 1 },
    (_, at): CasePlan => {
      const index = only ?? at
      return { index, steps: planSteps(seed, subject.name, index) }
    },
  )
  const host = await startHost(subject)
  let done = 0
  let acted = 0
  try {
    let before: number | undefined
    for (let start = 0; start < plans.length && !signal.aborted; start += BATCH_CASES) {
      const batch = plans.slice(start, start + BATCH_CASES)
      const result = await runBatch(host, batch)
      if (result.violation !== undefined) {
        const smallest = await findSmallest(subject, batch, result.violation)
        return { subject, done, acted, ...smallest }
      }
      done += batch.length
      acted += result.acted
      onProgress(batch.length)
      before ??= await host.memory()
    }
    return { subject, done, acted, ...(await judgeMemory(host, before, done)) }
  } finally {
    await host.stop()
  }
}

async function judgeMemory(
  host: RunningHost,
  before: number | undefined,
  cases: number,
): Promise<Pick<TargetResult, 'memory' | 'violation'>> {
  if (before === undefined) return {}
  const bound = before + KEPT_BY_RUNTIME + cases * KEPT_PER_CASE
  let after = await host.memory()
  // A connection that was left in the middle of its body is held for some seconds.
  for (
    let tries = 0;
    tries < MEASUREMENTS && after !== undefined && after > bound;
    tries++
  ) {
    await sleep(MEASURE_EVERY_MS)
    after = await host.memory()
  }
  if (after === undefined) return {}
  const problem = `after ${cases} cases ${after} bytes are in use; it was ${before} after the first of them, and ${bound} is the bound`
  return { memory: [before, after], ...(after > bound && { violation: { problem } }) }
}
