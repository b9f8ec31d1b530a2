import { performance } from 'node:perf_hooks'
import process from 'node:process'
import { setImmediate } from 'node:timers/promises'
import type { Plan } from '../benchmark.ts'

/** One side of a comparison: makes a number of calls, one after another. */
export type Calls = (count: number) => void | Promise<void>

/** What one call took on average in each round, in microseconds. */
export interface Cost {
  /** CPU time of this process with all its threads: what others do on the machine does not count. */
  readonly cpu: readonly number[]
  /** Time on the clock. */
  readonly wall: readonly number[]
}

/** What a call returns is kept for a moment, so that no compiler can leave the call out. */
const kept: { value?: unknown } = {}

export function calls(call: () => unknown): Calls {
  return (count) => {
    for (let index = 0; index < count; index++) kept.value = call()
  }
}

export function awaitedCalls(call: () => unknown): Calls {
  return async (count) => {
    for (let index = 0; index < count; index++) kept.value = await call()
    // What was put off until after the answer belongs to the cost.
    await setImmediate()
  }
}

/** Measures several sides in this process: after a warm-up, slice by slice, every other round in reverse. */
export async function compareCalls<Name extends string>(
  sides: Readonly<Record<Name, Calls>>,
  { rounds, quick }: Plan,
): Promise<Readonly<Record<Name, Cost>>> {
  const sliceMs = quick ? 2 : 60
  const entries: { name: string; side: Calls; count: number; costs: SliceCost[] }[] = []
  for (const [name, side] of Object.entries<Calls>(sides)) {
    entries.push({ name, side, count: await callsIn(sliceMs, side), costs: [] })
  }
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    for (const { side, count, costs } of round % 2 === 0
      ? entries
      : entries.toReversed()) {
      const cost = await measure(side, count)
      if (round >= 0) costs.push(cost)
    }
  }
  // Object.fromEntries forgets the names; they are those of `sides`.
  return Object.fromEntries(
    entries.map(({ name, costs }) => [
      name,
      { cpu: costs.map(({ cpu }) => cpu), wall: costs.map(({ wall }) => wall) },
    ]),
  ) as Readonly<Record<string, Cost>> as Readonly<Record<Name, Cost>>
}

const WARM_UP_ROUNDS = 2

/** How many calls fill a slice; also the first half of the warm-up. */
async function callsIn(sliceMs: number, side: Calls): Promise<number> {
  for (let count = 16; count < 2 ** 24; count *= 2) {
    const { wall } = await measure(side, count)
    if (wall * count >= sliceMs * 1_000) return count
  }
  throw new Error('A side of the comparison does nothing: no number of calls takes time.')
}

interface SliceCost {
  readonly cpu: number
  readonly wall: number
}

async function measure(side: Calls, count: number): Promise<SliceCost> {
  const start = performance.now()
  const before = process.cpuUsage()
  const running = side(count)
  // A side that only computes is not made to wait for anything.
  if (running !== undefined) await running
  const { user, system } = process.cpuUsage(before)
  return {
    cpu: (user + system) / count,
    wall: ((performance.now() - start) * 1_000) / count,
  }
}
