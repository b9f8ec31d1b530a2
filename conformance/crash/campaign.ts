import { deriveSeed, seededChooser } from '../fuzz/chooser.ts'
import type { Edit } from '../mutants/mutant.ts'
import { buildChild } from './build-child.ts'
import type { StoreName } from './child/messages.ts'
import { ChildPool } from './child-pool.ts'
import { disturbances } from './disturbances.ts'
import { type CustomerHistory, playHistory } from './history.ts'
import { KILLS_IN_A_WORLD, killInWorld, type Tally } from './kill-in-world.ts'
import { KnownSteps } from './known-steps.ts'
import { planOf, settingOf } from './plan.ts'
import type { RawDatabase } from './raw-state.ts'
import type { Ground } from './stores.ts'
import { Violation } from './violation.ts'
import { World } from './world.ts'

export interface CampaignOptions {
  readonly store: StoreName
  readonly kills: number
  /** Of the first world. */
  readonly seed: number
  /** What lies between the seeds of two worlds. Default 1. */
  readonly stride?: number
  readonly ground: Ground
  /** What is planted into the sources. */
  readonly edits?: readonly Edit[]
  readonly onProgress?: (figures: Omit<Figures, 'seconds'>) => void
}

export interface Figures extends Tally {
  readonly store: StoreName
  readonly worlds: number
  /** Events that were answered 2xx. */
  readonly acknowledged: number
  readonly deliveries: number
  /** By step, how many were killed there. */
  readonly steps: ReadonlyMap<string, number>
  /** By name, how often the database was disturbed. */
  readonly disturbances: ReadonlyMap<string, number>
  readonly violation:
    | { readonly harm: string; readonly what: string; readonly seed: number }
    | undefined
  readonly seconds: number
}

/** After so many kills come the disturbances, once more. */
const KILLS_BETWEEN = 500
/** A campaign of fewer kills has one of them. */
const SHORT = 100
const SPARE_PROCESSES = 2
/** Of a world with all its kills, and of one without any. */
const MOST_CUSTOMERS = 6
const DISTURBED_CUSTOMERS = 3

/** It is the same in every campaign of this process. */
let history: Promise<readonly CustomerHistory[]> | undefined

/** Kills processes in world after world, until there were enough, or something is wrong. */
export async function runCampaign(options: CampaignOptions): Promise<Figures> {
  const { store, edits } = options
  const began = performance.now()
  history ??= playHistory(1)
  const [histories, built] = await Promise.all([history, buildChild(store, edits)])
  const pool = await ChildPool.open(built, SPARE_PROCESSES)
  const campaign = new Campaign(options, histories, pool)
  try {
    await campaign.run()
  } finally {
    await pool.close()
  }
  return { ...campaign.figures, seconds: (performance.now() - began) / 1_000 }
}

class Campaign {
  readonly #options: CampaignOptions
  readonly #histories: readonly CustomerHistory[]
  readonly #pool: ChildPool
  readonly #known = new Map<string, KnownSteps>()
  readonly #tally = { kills: 0, atSteps: 0 }
  readonly #disturbances = new Map<string, number>()
  #world: World | undefined
  #worlds = 0
  #acknowledged = 0
  #deliveries = 0
  #violation: Figures['violation']

  constructor(
    options: CampaignOptions,
    histories: readonly CustomerHistory[],
    pool: ChildPool,
  ) {
    this.#options = options
    this.#histories = histories
    this.#pool = pool
  }

  get figures(): Omit<Figures, 'seconds'> {
    const steps = new Map<string, number>()
    for (const known of this.#known.values())
      for (const [step, count] of known.kills)
        steps.set(step, (steps.get(step) ?? 0) + count)
    const { acknowledged, answers } = this.#world?.deliveries ?? {}
    return {
      ...this.#tally,
      store: this.#options.store,
      worlds: this.#worlds,
      acknowledged: this.#acknowledged + (acknowledged?.size ?? 0),
      deliveries: this.#deliveries + sum(answers),
      steps,
      disturbances: this.#disturbances,
      violation: this.#violation,
    }
  }

  async run(): Promise<void> {
    const { kills, edits, ground } = this.#options
    let disturbedAt = 0
    while (this.#violation === undefined && this.#tally.kills < kills) {
      await this.#blameLast(async () => {
        const share = Math.min(1, (kills - this.#tally.kills) / KILLS_IN_A_WORLD)
        const customers = Math.ceil(MOST_CUSTOMERS * share)
        const world = await this.#open(await ground.createDatabase(), customers)
        await this.#killIn(world)
        await world.close()
        await world.database.remove()
      })
      this.#countLast()
      const isTime = this.#tally.kills - disturbedAt >= KILLS_BETWEEN
      const isEnd = disturbedAt === 0 && this.#tally.kills >= kills
      if (edits !== undefined || !(isTime || isEnd)) continue
      disturbedAt = this.#tally.kills
      await this.#blameLast(() => this.#disturb(kills < SHORT))
    }
  }

  async #open(database: RawDatabase, customers: number): Promise<World> {
    const { store, seed, stride = 1 } = this.#options
    this.#countLast()
    const plan = planOf(store, seed + this.#worlds * stride)
    this.#worlds += 1
    const world = new World(plan, {
      customers,
      database,
      histories: this.#histories,
      pool: this.#pool,
    })
    this.#world = world
    await world.open()
    return world
  }

  async #killIn(world: World): Promise<void> {
    const setting = settingOf(world.plan)
    const steps = this.#known.get(setting) ?? new KnownSteps()
    this.#known.set(setting, steps)
    const { kills, onProgress } = this.#options
    await killInWorld(world, steps, this.#tally, {
      chooser: seededChooser(deriveSeed(world.plan.seed, 'kills')),
      kills,
      onKill: () => onProgress?.(this.figures),
    })
  }

  #countLast(): void {
    const { acknowledged, deliveries } = this.figures
    this.#acknowledged = acknowledged
    this.#deliveries = deliveries
    this.#world = undefined
  }

  /** @param isShort One has to do. */
  async #disturb(isShort: boolean): Promise<void> {
    const { store, ground, seed } = this.#options
    const all = disturbances.filter(({ stores }) => stores.includes(store))
    const first = deriveSeed(seed, store) % all.length
    for (const { name, run } of isShort ? all.slice(first, first + 1) : all) {
      const times = await run(ground, (database) =>
        this.#open(database, DISTURBED_CUSTOMERS),
      )
      this.#disturbances.set(name, (this.#disturbances.get(name) ?? 0) + times)
    }
  }

  /** Whatever was wrong was wrong in the last world. */
  async #blameLast(run: () => Promise<void>): Promise<void> {
    try {
      await run()
    } catch (error) {
      if (!(error instanceof Violation)) throw error
      const seed = this.#world?.plan.seed ?? 0
      this.#violation = { harm: error.harm, what: error.message, seed }
    } finally {
      await this.#world?.close()
    }
  }
}

function sum(counts: ReadonlyMap<unknown, number> | undefined): number {
  return [...(counts?.values() ?? [])].reduce((all, count) => all + count, 0)
}
