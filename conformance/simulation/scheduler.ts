import process from 'node:process'
import type { Chooser } from '../fuzz/chooser.ts'

/** What an action belongs to: when it ends, as a process does that crashes, the action never happens. */
export interface Life {
  readonly name: string
  isOver: boolean
}

export interface Action {
  readonly dueAt: number
  readonly what: string
  readonly life: Life | undefined
  /** It is on its way, so the end of its life may come too late for it. */
  readonly canOutlive: boolean
  readonly run: () => void
}

/** Where virtual time begins, in milliseconds since 1970-01-01 UTC. */
const BEGIN = 1_795_507_200_000

/**
 * Owns time and every asynchronous step of a simulated world. Of the actions that are due the
 * chooser picks the next; when none is, time goes on to the next one.
 */
export class Scheduler {
  readonly chooser: Chooser
  /** What has happened, when somebody wants to know. */
  readonly trace: string[] | undefined
  now: number = BEGIN
  steps = 0
  /** Two runs with the same number have gone the same way. */
  fingerprint = 0
  /** Called after each action of a life. */
  onStep: ((life: Life) => void) | undefined
  readonly #pending: Action[] = []
  /** Used again for every step. */
  readonly #due: number[] = []

  constructor(chooser: Chooser, isTraced: boolean) {
    this.chooser = chooser
    this.trace = isTraced ? [] : undefined
  }

  /** @param delayMs Virtual milliseconds. */
  after(
    delayMs: number,
    what: string,
    run: () => void,
    life: Life | undefined = undefined,
    canOutlive = false,
  ): Action {
    const dueAt = this.now + Math.max(0, delayMs)
    const action = { dueAt, what, life, canOutlive, run }
    if (life?.isOver !== true) this.#pending.push(action)
    return action
  }

  cancel(action: Action): void {
    const index = this.#pending.indexOf(action)
    if (index !== -1) this.#take(index)
  }

  /** Resolves after so many virtual milliseconds, and never when the life has ended by then. */
  sleep(life: Life, delayMs: number, what: string): Promise<void> {
    return new Promise((resolve) => {
      this.after(delayMs, what, resolve, life)
    })
  }

  /** Ends a life: its actions are dropped, but for some of those that are on their way. */
  end(life: Life): void {
    life.isOver = true
    for (const action of this.#pending.filter((one) => one.life === life)) {
      if (!action.canOutlive || this.chooser.oneIn(2)) this.cancel(action)
    }
  }

  note(text: string): void {
    this.trace?.push(`${String(this.now - BEGIN).padStart(9)} ms  ${text}`)
  }

  /**
   * Lets things happen until `isDone`, or until nothing is left to happen. Between two
   * actions, all promises that have settled are followed to their end.
   */
  run(isDone: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const step = () => (isDone() || !this.#act() ? resolve() : next())
      // A tick runs when no microtask is left, and a microtask has to ask for it: a tick that
      // asks for another is followed by that one before any microtask.
      const next = () => queueMicrotask(() => process.nextTick(step))
      next()
    })
  }

  #act(): boolean {
    const next = this.#choose()
    if (next === undefined) return false
    const action = this.#take(next)
    this.now = Math.max(this.now, action.dueAt)
    this.steps += 1
    this.fingerprint = (Math.imul(this.fingerprint, 31) + next * 7 + this.now) | 0
    if (this.trace !== undefined) {
      this.note(action.life ? `${action.life.name}  ${action.what}` : action.what)
    }
    action.run()
    if (action.life?.isOver === false) this.onStep?.(action.life)
    return true
  }

  #choose(): number | undefined {
    const { now } = this
    const due = this.#due
    due.length = 0
    let earliest = Number.POSITIVE_INFINITY
    for (let index = 0; index < this.#pending.length; index += 1) {
      const at = Math.max((this.#pending[index] as Action).dueAt, now)
      if (at > earliest) continue
      if (at < earliest) due.length = 0
      earliest = at
      due.push(index)
    }
    return due.length < 2 ? due[0] : due[this.chooser.below(due.length)]
  }

  #take(index: number): Action {
    const action = this.#pending[index] as Action
    const last = this.#pending.pop() as Action
    if (index < this.#pending.length) this.#pending[index] = last
    return action
  }
}
