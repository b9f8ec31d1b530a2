import { type Chooser, deriveSeed, seededChooser } from '../fuzz/chooser.ts'
import { drawPlan, type Plan } from './plan.ts'
import { Scheduler } from './scheduler.ts'

/** What must hold in every world. */
export type Invariant =
  | 'receive answers in time, and never rejects'
  | 'a 2xx means committed or stored'
  | 'an event that was answered 2xx comes to its end'
  | 'an effect is committed exactly once'
  | 'a handler commits an event once'
  | 'only the newest lease commits'
  | 'one at a time holds an event'
  | 'a worker runs one event of an object at a time'
  | 'events of an object run in the order in which they came'
  | 'a retry waits until it is due'
  | 'an event is dead only after all its attempts'
  | 'a message is one row, and is sent'
  | 'the mirror shows what Stripe has'
  | 'a worker that is stopped ends, and keeps nothing'
  | 'what is stored wakes a worker'
  | 'nothing waits for ever'
  | 'no rejection goes unhandled'

/** The signing secret of the one endpoint. */
export const SECRET = 'whsec_simulation'

export interface Violation {
  readonly invariant: Invariant
  readonly what: string
}

/** What all parts of one simulated world share. */
export class World {
  readonly chooser: Chooser
  readonly plan: Plan
  readonly scheduler: Scheduler
  /** From then on nothing fails any more. */
  isHealed = false
  #violation: Violation | undefined

  constructor(seed: number, isTraced: boolean) {
    this.chooser = seededChooser(deriveSeed(seed, 'simulation'))
    this.plan = drawPlan(this.chooser)
    this.scheduler = new Scheduler(this.chooser, isTraced)
  }

  /** The first thing that went wrong. */
  get violation(): Violation | undefined {
    return this.#violation
  }

  blame(invariant: Invariant, what: string): void {
    if (this.#violation !== undefined) return
    this.#violation = { invariant, what }
    this.scheduler.note(`VIOLATED: ${invariant}: ${what}`)
  }

  /** Whether a fault of this chance happens now. */
  happens(oneIn: number): boolean {
    return !this.isHealed && oneIn > 0 && this.chooser.oneIn(oneIn)
  }

  /** How long something takes, in virtual milliseconds. */
  pace(): number {
    return this.chooser.below(this.plan.paceMs)
  }
}
