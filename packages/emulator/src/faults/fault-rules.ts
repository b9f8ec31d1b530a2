import { invalidParameter } from '../api/stripe-error.ts'
import type { Random } from '../state/ids.ts'

/** One fault that was asked for. */
export interface FaultRule<Kind extends string> {
  readonly id: string
  readonly kind: Kind
  /** How many more times it happens. */
  remaining: number
  happened: number
}

/** The faults of one side that were asked for, until they have happened, and those of chance. */
export class FaultRules<Rule extends FaultRule<string>> {
  readonly #random: Random
  #rules: Rule[] = []
  #made = 0
  #rate = 0

  /** @param random Of its own, so that ids are the same with faults and without. */
  constructor(random: Random) {
    this.#random = random
  }

  get rate(): number {
    return this.#rate
  }

  /** @param rate From 0 to 1: of how many something goes wrong. */
  setRate(rate: number): void {
    if (!(rate >= 0 && rate <= 1)) {
      throw invalidParameter('rate is from 0 to 1.', { param: 'rate' })
    }
    this.#rate = rate
  }

  /** The id of the next one. */
  newId(): string {
    this.#made++
    return `fault_${this.#made}`
  }

  add(rule: Rule): Rule {
    this.#rules.push(rule)
    return rule
  }

  all(): readonly Rule[] {
    return this.#rules
  }

  clear(): void {
    this.#rules = []
    this.#rate = 0
  }

  /** The first that matches; it counts as happened. */
  take(matches: (rule: Rule) => boolean): Rule | undefined {
    const rule = this.#rules.find((one) => one.remaining > 0 && matches(one))
    if (rule === undefined) return undefined
    rule.remaining--
    rule.happened++
    return rule
  }

  /** One of these by chance, or none. The same again with the same seed and the same calls. */
  byChance<Kind>(kinds: readonly Kind[]): Kind | undefined {
    if (this.#rate === 0 || this.#random.below(1_000_000) >= this.#rate * 1_000_000) {
      return undefined
    }
    return kinds[this.#random.below(kinds.length)]
  }

  /** From 0 to below `limit`. */
  below(limit: number): number {
    return this.#random.below(limit)
  }
}
