import type { Chooser } from '../fuzz/chooser.ts'
import type { Plan } from './plan.ts'

const HOUR = 3_600_000
const FARTHEST = 6 * HOUR

/** What the processes of a world add to the time, in milliseconds. */
export class WorldClock {
  readonly #mode: Plan['clocks']
  readonly #chooser: Chooser
  #offset = 0
  #latest = 0

  constructor(mode: Plan['clocks'], chooser: Chooser) {
    this.#mode = mode
    this.#chooser = chooser
  }

  get isSteady(): boolean {
    return this.#mode === 'steady'
  }

  get offset(): number {
    return this.#offset
  }

  /** Some time passes: a lease may end by it. Or it jumps, forward or back. */
  move(): void {
    const passed = this.#chooser.of([0, 3_000, 20_000])
    const jump = (this.#chooser.below(9) - 4) * HOUR
    const offset = this.#offset + (this.isSteady ? passed : jump)
    this.#offset = Math.max(-FARTHEST, Math.min(FARTHEST, offset))
    this.#latest = Math.max(this.#latest, this.#offset)
  }

  /** What waits for a time waits for the latest that anybody has seen: that is over now. */
  leap(): void {
    this.#offset = this.#latest + HOUR
  }
}
