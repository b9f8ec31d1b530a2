import { misconfigured } from './misconfigured.ts'

/** Zero, a negative number or NaN would quietly switch a protection off. */
export function positive(name: string, value: number): number {
  if (Number.isFinite(value) && value > 0) return value
  throw misconfigured(`${name} is ${value}. It must be a number above 0.`)
}

export function wholeAbove0(name: string, value: number): number {
  if (Number.isInteger(value) && value > 0) return value
  throw misconfigured(`${name} is ${value}. It must be a whole number above 0.`)
}

/** A timer that is set for longer fires at once. */
const LONGEST_TIMEOUT_MS = 2_147_483_647

export function timeout(name: string, value: number): number {
  if (positive(name, value) <= LONGEST_TIMEOUT_MS) return value
  throw misconfigured(
    `${name} is ${value}. It must be at most ${LONGEST_TIMEOUT_MS}, which is 24 days.`,
  )
}
