/** What `packages/bench/benchmarks` has one of in each file. */
export interface Benchmark {
  /** One line for the head of its table. */
  readonly about: string
  readonly run: (plan: Plan) => Promise<readonly Figure[]>
}

/** How long to measure. */
export interface Plan {
  /** How often each side is measured, in alternation with the others. */
  readonly rounds: number
  /** Whether it only has to be seen that everything works. */
  readonly quick: boolean
  /** Tells the person who waits what is being done. */
  readonly onProgress: (line: string) => void
}

/** One thing measured, once in every round. */
export interface Figure {
  readonly id: string
  readonly unit: '×' | 'µs' | 's' | 'MB' | '%' | 'events'
  readonly rounds: readonly number[]
  /** Without it, the figure is for information. */
  readonly goal?: Goal
  readonly note?: string
}

export interface Goal {
  readonly direction: 'at-most' | 'at-least'
  readonly value: number
}

export function atMost(value: number): Goal {
  return { direction: 'at-most', value }
}

export function atLeast(value: number): Goal {
  return { direction: 'at-least', value }
}
