import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { deriveSeed } from '../chooser.ts'
import type { Outcome } from './run-chunk.ts'
import type { SubjectName } from './subjects.ts'
import type { Task, TaskResult } from './worker.ts'

export interface CampaignOptions {
  /** Of verifySignature in Node. Web Crypto and the receiver get one case for every 50 and 20 of these. */
  readonly cases: number
  readonly seed: number
  /** Called with how many of all cases are done. */
  readonly onProgress: (done: number, all: number) => void
}

export interface CampaignResult {
  readonly done: Readonly<Record<SubjectName, number>>
  /** How many cases of verifySignature in Node came out how. */
  readonly shares: Readonly<Record<Outcome, number>>
  /** The first result that has a failure. */
  readonly failed?: TaskResult
}

const CHUNK_CASES = 10_000
const ONE_WEB_CASE_FOR = 50
const ONE_RECEIVER_CASE_FOR = 20

/** Runs a campaign on as many threads as there are cores, and ends it at the first failure. */
export function runCampaign({
  cases,
  seed,
  onProgress,
}: CampaignOptions): Promise<CampaignResult> {
  return runTasks(
    [
      ...split('node', cases, seed),
      ...split('web', Math.ceil(cases / ONE_WEB_CASE_FOR), seed),
      ...split('receive', Math.ceil(cases / ONE_RECEIVER_CASE_FOR), seed),
    ],
    onProgress,
  )
}

/** Runs the one case that a failure has named, with the seed that it has named. */
export function replay(
  subject: SubjectName,
  seed: number,
  path: string,
): Promise<CampaignResult> {
  return runTasks([{ subject, seed, path, cases: 1 }], () => {})
}

/** The chunks do not depend on the machine, so that a seed means the same everywhere. */
function split(subject: SubjectName, cases: number, seed: number): readonly Task[] {
  return Array.from({ length: Math.ceil(cases / CHUNK_CASES) }, (_, index) => ({
    subject,
    seed: deriveSeed(seed, subject, index),
    cases: Math.min(CHUNK_CASES, cases - index * CHUNK_CASES),
  }))
}

async function runTasks(
  tasks: readonly Task[],
  onProgress: CampaignOptions['onProgress'],
): Promise<CampaignResult> {
  const done = { node: 0, web: 0, receive: 0 }
  const shares: Record<Outcome, number> = {
    accepted: 0,
    header_missing: 0,
    header_malformed: 0,
    no_match: 0,
    timestamp_too_old: 0,
    timestamp_in_future: 0,
  }
  const all = tasks.reduce((sum, task) => sum + task.cases, 0)
  const queue = tasks.values()
  let failed: TaskResult | undefined

  async function work(): Promise<void> {
    const worker = new Worker(new URL('worker.ts', import.meta.url))
    try {
      for (const task of queue) {
        const answer = once(worker, 'message')
        worker.postMessage(task)
        const [result] = (await answer) as [TaskResult]
        done[task.subject] += task.cases
        onProgress(done.node + done.web + done.receive, all)
        if (task.subject === 'node') {
          for (const [outcome, count] of Object.entries(result.shares))
            shares[outcome as Outcome] += count
        }
        if (result.failure !== undefined) failed ??= result
        if (failed !== undefined) return
      }
    } finally {
      await worker.terminate()
    }
  }

  const threads = Math.min(availableParallelism(), tasks.length)
  await Promise.all(Array.from({ length: threads }, work))
  return { done, shares, ...(failed !== undefined && { failed }) }
}
