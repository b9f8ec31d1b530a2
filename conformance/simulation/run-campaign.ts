import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { SeedRange, SeedsResult } from './run-seeds.ts'
import type { Simulation } from './simulate.ts'

export interface CampaignOptions {
  /** How many worlds. */
  readonly seeds: number
  /** The seed of the first one; each next one has the next. */
  readonly firstSeed: number
  /** Called with how many of all worlds are done. */
  readonly onProgress: (done: number, all: number) => void
}

export interface CampaignResult {
  readonly done: number
  readonly steps: number
  /** Of the worlds that went wrong, the one that was found first. */
  readonly failed?: Simulation
}

const RANGE_SEEDS = 250

/** Runs worlds on as many threads as there are cores, and ends at the first that goes wrong. */
export async function runCampaign({
  seeds,
  firstSeed,
  onProgress,
}: CampaignOptions): Promise<CampaignResult> {
  const ranges = Array.from({ length: Math.ceil(seeds / RANGE_SEEDS) }, (_, index) => ({
    firstSeed: firstSeed + index * RANGE_SEEDS,
    seeds: Math.min(RANGE_SEEDS, seeds - index * RANGE_SEEDS),
  }))
  const queue = ranges.values()
  let done = 0
  let steps = 0
  let failed: Simulation | undefined

  async function work(): Promise<void> {
    const worker = new Worker(new URL('worker.ts', import.meta.url))
    try {
      for (const range of queue) {
        const answer = once(worker, 'message')
        worker.postMessage(range satisfies SeedRange)
        const [result] = (await answer) as [SeedsResult]
        done += result.done
        steps += result.steps
        failed ??= result.failed
        onProgress(done, seeds)
        if (failed !== undefined) return
      }
    } finally {
      await worker.terminate()
    }
  }

  const threads = Math.min(availableParallelism(), ranges.length)
  await Promise.all(Array.from({ length: threads }, work))
  return { done, steps, ...(failed !== undefined && { failed }) }
}
