// Plants faults in copies of core, and prints for each the seed that shows it, as a line of JSON.
//   node find-planted.ts [first] [step]
import process from 'node:process'
import { importEdited } from '../mutants/host/apply-edits.ts'
import { type PlantedFault, plantedFaults } from './planted-faults.ts'
import { type Invariant, World } from './world.ts'

export interface Finding {
  readonly id: string
  /** `undefined` when no world has shown the fault. */
  readonly seed: number | undefined
  readonly invariant: Invariant | undefined
}

const MAX_SEEDS = 3_000

async function find(fault: PlantedFault, index: number): Promise<Finding> {
  const { simulate } = (await importEdited(
    'conformance/simulation/simulate.ts',
    `planted-${index}`,
    fault.apply,
  )) as typeof import('./simulate.ts')
  for (let seed = 1; seed <= MAX_SEEDS; seed += 1) {
    if (fault.shownIn?.(new World(seed, false).plan) === false) continue
    const { violation } = await simulate(seed)
    if (violation !== undefined)
      return { id: fault.id, seed, invariant: violation.invariant }
  }
  return { id: fault.id, seed: undefined, invariant: undefined }
}

const [first = 0, step = 1] = process.argv.slice(2).map(Number)
for (const [index, fault] of plantedFaults.entries()) {
  if (index % step !== first) continue
  process.stdout.write(`${JSON.stringify(await find(fault, index))}\n`)
}
