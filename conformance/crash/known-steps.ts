import type { Chooser } from '../fuzz/chooser.ts'
import type { Death } from './child/messages.ts'

export type Phase = 'creating' | 'opening' | 'serving'

/** The steps that processes of one setting have come to, and how often one was killed at each. */
export class KnownSteps {
  readonly #counts = new Map<string, number>()
  readonly #kills = new Map<string, number>()
  readonly #misses = new Map<string, number>()

  get isEmpty(): boolean {
    return this.#counts.size === 0
  }

  /** By step, also those at which nobody died. */
  get kills(): ReadonlyMap<string, number> {
    return new Map(
      [...this.#counts.keys()].map((step) => [step, this.#kills.get(step) ?? 0]),
    )
  }

  learn(counts: Readonly<Record<string, number>>): void {
    for (const [step, count] of Object.entries(counts))
      this.#counts.set(step, Math.max(count, this.#counts.get(step) ?? 0))
  }

  /** One at which few have died. */
  choose(phase: Phase, chooser: Chooser): Death | undefined {
    const steps = [...this.#counts.keys()].filter((step) => phaseOf(step) === phase)
    const tries = (step: string) =>
      (this.#kills.get(step) ?? 0) + (this.#misses.get(step) ?? 0)
    const fewest = Math.min(...steps.map(tries))
    const rare = steps.filter((step) => tries(step) === fewest)
    const step = rare[chooser.below(rare.length || 1)]
    if (step === undefined) return undefined
    const most = phase === 'serving' ? (this.#counts.get(step) ?? 1) : 1
    // What comes seldom would hardly come so often in one life.
    return { step, occurrence: Math.min(Math.ceil(most / 8), chooser.of([1, 1, 2, 5])) }
  }

  /** @param isHit Whether somebody has died there. */
  note({ step }: Death, isHit: boolean): void {
    const counts = isHit ? this.#kills : this.#misses
    counts.set(step, (counts.get(step) ?? 0) + 1)
  }
}

function phaseOf(step: string): Phase {
  if (step.startsWith('creating ')) return 'creating'
  return step.startsWith('opening ') ? 'opening' : 'serving'
}
