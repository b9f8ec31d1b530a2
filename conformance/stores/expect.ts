import { inspect, isDeepStrictEqual } from 'node:util'
import { type BillingErrorCode, isBillingError } from '@countersign/core'
import { CheckFailure } from '../src/runner/check-failure.ts'

/** Holds when two values are deeply equal. `what` says of what, after "expected". */
export function expectEqual(what: string, actual: unknown, expected: unknown): void {
  if (isDeepStrictEqual(actual, expected)) return
  throw new CheckFailure(`${what} ${show(expected)}`, show(actual))
}

/** Holds when a promise rejects with a value for which `isRight` is true. */
export async function expectRejection(
  what: string,
  promise: Promise<unknown>,
  isRight: (reason: unknown) => boolean,
): Promise<void> {
  const outcome = await promise.then(
    (value) => `the value ${show(value)}`,
    (reason: unknown) => (isRight(reason) ? undefined : show(reason)),
  )
  if (outcome !== undefined) throw new CheckFailure(what, outcome)
}

export async function expectBillingError(
  what: string,
  code: BillingErrorCode,
  promise: Promise<unknown>,
): Promise<void> {
  await expectRejection(
    `${what} to be refused with ${code}`,
    promise,
    (reason) => isBillingError(reason) && reason.code === code,
  )
}

/** Holds when a condition is true, with what came instead. */
export function expectTrue(what: string, holds: boolean, actual: unknown): void {
  if (!holds) throw new CheckFailure(what, show(actual))
}

/** Enough to see what is wrong; a body may have a million bytes. */
const SHOWN = 700

function show(value: unknown): string {
  const text = inspect(value, {
    breakLength: Number.POSITIVE_INFINITY,
    compact: true,
    depth: 5,
    maxArrayLength: 24,
    maxStringLength: 120,
  })
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text
}
