import process from 'node:process'
import type { Death } from './messages.ts'

/** What a process comes to: it counts, and kills itself where it was told to. */
export class Steps {
  readonly #counts = new Map<string, number>()
  #death: Death | undefined
  #phase = ''

  get counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts)
  }

  set death(death: Death | undefined) {
    this.#death = death
  }

  /** Until the next one, names begin with this. */
  enter(phase: 'creating ' | 'opening ' | ''): void {
    this.#phase = phase
  }

  reached(step: string): void {
    const name = this.#phase + step
    const count = (this.#counts.get(name) ?? 0) + 1
    this.#counts.set(name, count)
    if (this.#death?.step === name && this.#death.occurrence <= count) die()
  }

  /** The steps around something. */
  around<T>(step: string, run: () => T): T {
    this.reached(`${step}:before`)
    const value = run()
    if (!(value instanceof Promise)) {
      this.reached(`${step}:after`)
      return value
    }
    value.then(
      () => this.reached(`${step}:after`),
      () => {},
    )
    return value
  }
}

/** No line of code runs after it: the signal comes before the system returns. */
function die(): never {
  process.kill(process.pid, 'SIGKILL')
  for (;;);
}
