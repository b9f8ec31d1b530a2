import type { Chooser } from '../fuzz/chooser.ts'
import type { KnownSteps, Phase } from './known-steps.ts'
import type { Ending, World } from './world.ts'

export interface Tally {
  kills: number
  /** Of the kills, those at a named step. */
  atSteps: number
}

export const KILLS_IN_A_WORLD = 40
const LONGEST_RANDOM_MS = 60

/** Kills in one world, until there were `kills` in all, looks at what is left, lets it heal, and looks again. */
export async function killInWorld(
  world: World,
  steps: KnownSteps,
  tally: Tally,
  {
    chooser,
    kills,
    onKill,
  }: { readonly chooser: Chooser; readonly kills: number; readonly onKill: () => void },
): Promise<void> {
  const lives = Math.min(KILLS_IN_A_WORLD, kills - tally.kills)
  const share = world.log.events.length / (lives + 1)
  if (steps.isEmpty) {
    await world.live({ at: 'no moment' }, Math.ceil(world.log.events.length / 4))
    await learn(world, steps)
  }
  for (let life = 1; life <= lives; life += 1) {
    const phase = life === 1 ? 'creating' : chooser.oneIn(8) ? 'opening' : 'serving'
    const ending = chooseEnding(phase, steps, chooser)
    const isAsPlanned = await world.live(ending, Math.ceil(share * (life + 1)))
    tally.kills += 1
    if (ending.at === 'a step') {
      if (isAsPlanned) tally.atSteps += 1
      steps.note(ending.death, isAsPlanned)
    }
    if (chooser.oneIn(2)) await world.check()
    onKill()
  }
  await world.heal()
  await learn(world, steps)
  await world.finish()
}

async function learn(world: World, steps: KnownSteps): Promise<void> {
  for (const counts of await world.counts()) steps.learn(counts)
}

function chooseEnding(phase: Phase, steps: KnownSteps, chooser: Chooser): Ending {
  const death = chooser.oneIn(3) ? undefined : steps.choose(phase, chooser)
  return death === undefined
    ? { at: 'any moment', afterMs: chooser.below(LONGEST_RANDOM_MS + 1) }
    : { at: 'a step', death }
}
