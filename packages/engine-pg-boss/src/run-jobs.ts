import type { EngineResult, EventKey, Worker } from '@countersign/core'
import type { JobResult, JobWithMetadata } from 'pg-boss'
import type { EventJob, EventQueue } from './event-queue.ts'

/** When an event that found its object busy comes again, in seconds. */
const BUSY_SECONDS = 1

/** Before what came later: it has waited already. */
const PRIORITY_OF_WAITING = 1

/**
 * Runs the events of a batch, each to a result of its own.
 *
 * @returns Rejects when the store cannot be reached: then pg-boss tries the whole batch again,
 *   and what has committed is found done.
 */
export async function runJobs(
  jobs: readonly JobWithMetadata<EventKey>[],
  queue: EventQueue,
  worker: Worker,
  stopping: AbortSignal,
): Promise<JobResult[]> {
  const results = await worker.process(
    jobs.map(({ data, retryCount, retryLimit }) => ({
      key: data,
      isLastAttempt: retryCount >= retryLimit,
      limit: queue.limit,
    })),
    stopping,
  )
  const again: EventJob[] = []
  const settled = jobs.map((job, index): JobResult => {
    const result = results[index] ?? 'busy'
    if ((result === 'busy' || result === 'given_back') && !job.signal.aborted) {
      again.push(toSuccessor(job, result))
    }
    return { id: job.id, status: statusOf[result], output: { result } }
  })
  if (again.length > 0) await queue.insert(again)
  return settled
}

/** pg-boss has no way to put a job back without counting an attempt, so another takes its place. */
function toSuccessor(
  { data, retryCount, retryLimit }: JobWithMetadata<EventKey>,
  result: 'busy' | 'given_back',
): EventJob {
  return {
    data,
    priority: PRIORITY_OF_WAITING,
    retryLimit: Math.max(0, retryLimit - retryCount),
    startAfter: result === 'busy' ? BUSY_SECONDS : 0,
  }
}

const statusOf = {
  done: 'completed',
  failed: 'failed',
  dead: 'deadletter',
  busy: 'completed',
  given_back: 'completed',
} as const satisfies Record<EngineResult, JobResult['status']>
