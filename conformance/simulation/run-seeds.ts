import { type Simulation, simulate } from './simulate.ts'

export interface SeedRange {
  readonly firstSeed: number
  readonly seeds: number
}

export interface SeedsResult {
  /** How many worlds were run. */
  readonly done: number
  readonly steps: number
  readonly failed?: Simulation
}

/** Runs one world after the other, up to the first that goes wrong. */
export async function runSeeds({ firstSeed, seeds }: SeedRange): Promise<SeedsResult> {
  let steps = 0
  for (let done = 1; done <= seeds; done += 1) {
    const simulation = await simulate(firstSeed + done - 1)
    steps += simulation.steps
    if (simulation.violation !== undefined) return { done, steps, failed: simulation }
  }
  return { done: seeds, steps }
}
