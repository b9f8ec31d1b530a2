import { type Figures, runCampaign } from './campaign.ts'
import type { PlantedFault } from './planted-faults.ts'
import type { Ground } from './stores.ts'

/** So many kills are enough for each. */
const KILLS = 400
/** So many kinds of worlds take turns: see `planOf`. Here all are of that of the first. */
const KINDS = 4

/** Runs a campaign against a fault. It has to end with a violation. */
export function findPlanted(
  { store, seed, apply }: PlantedFault,
  ground: Ground,
): Promise<Figures> {
  return runCampaign({ store, seed, stride: KINDS, kills: KILLS, edits: apply, ground })
}
