import { isRowError } from './postgres-error.ts'

export interface GroupOptions<Input, Output> {
  /** What two calls of one group must not share. */
  readonly keysOf: (input: Input) => readonly string[]
  /** Gives the output of each input, in their order; or rejects, and none has taken effect. */
  readonly run: (inputs: readonly Input[]) => Promise<readonly Output[]>
  /** How many groups run at the same time, at most. */
  readonly concurrency: number
  /** How much a group weighs, at most; a single call may weigh more. */
  readonly limit: number
  /** Default: 1. */
  readonly weightOf?: (input: Input) => number
}

/** What costs less in one group than in two that run at the same time. */
const FEW = 8

interface Call<Input, Output> {
  readonly input: Input
  readonly resolve: (output: Output) => void
  readonly reject: (error: unknown) => void
}

/**
 * Lets calls that come at the same time share a statement: those of one turn of the event
 * loop, and those that come while as many groups run as may.
 */
export class Groups<Input, Output> {
  readonly #options: GroupOptions<Input, Output>
  #waiting: Call<Input, Output>[] = []
  #running = 0
  #isScheduled = false

  constructor(options: GroupOptions<Input, Output>) {
    this.#options = options
  }

  add(input: Input): Promise<Output> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ input, resolve, reject })
      this.#schedule()
    })
  }

  #schedule(): void {
    if (this.#isScheduled || this.#running === this.#options.concurrency) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      while (this.#waiting.length > 0 && this.#running < this.#options.concurrency) {
        this.#start(this.#take())
      }
    })
  }

  /** An even share for each group that can start now, unless that is few. */
  #take(): readonly Call<Input, Output>[] {
    const { concurrency, limit, keysOf, weightOf = () => 1 } = this.#options
    const even = Math.ceil(this.#waiting.length / (concurrency - this.#running))
    const share = Math.max(even, FEW)
    const group: Call<Input, Output>[] = []
    const passed: Call<Input, Output>[] = []
    const taken = new Set<string>()
    let weight = 0
    let index = 0
    for (; index < this.#waiting.length && group.length < share; index += 1) {
      const call = this.#waiting[index] as Call<Input, Output>
      weight += weightOf(call.input)
      if (weight > limit && group.length > 0) break
      const keys = keysOf(call.input)
      const isApart = !keys.some((key) => taken.has(key))
      for (const key of keys) taken.add(key)
      if (isApart) group.push(call)
      else passed.push(call)
    }
    this.#waiting = [...passed, ...this.#waiting.slice(index)]
    return group
  }

  #start(group: readonly Call<Input, Output>[]): void {
    this.#running += 1
    void this.#run(group).finally(() => {
      this.#running -= 1
      if (this.#waiting.length > 0) this.#schedule()
    })
  }

  async #run(group: readonly Call<Input, Output>[]): Promise<void> {
    try {
      const outputs = await this.#options.run(group.map(({ input }) => input))
      for (const [index, call] of group.entries()) call.resolve(outputs[index] as Output)
    } catch (error) {
      if (group.length > 1 && isRowError(error)) {
        for (const call of group) await this.#run([call])
      } else {
        for (const call of group) call.reject(error)
      }
    }
  }
}
