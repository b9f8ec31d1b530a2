import fc from 'fast-check'
import {
  referenceVerdict,
  type Verdict,
  type VerifierCase,
} from '../reference-verifier.ts'
import type { Examine } from './examine.ts'
import { numbers, toCase } from './to-case.ts'

/** A part of a campaign that can be run by itself. */
export interface Chunk {
  /** An unsigned integer of 32 bits. */
  readonly seed: number
  readonly cases: number
  /** Runs only the case at this place of fast-check's tree. */
  readonly path?: string
}

/** How many cases came out how. All ways to be accepted count as one. */
type Shares = Readonly<Partial<Record<Outcome, number>>>
export type Outcome = Exclude<Verdict, `accepted by ${number}`> | 'accepted'

export interface ChunkResult {
  readonly shares: Shares
  readonly failure?: ChunkFailure
}

export interface ChunkFailure {
  readonly problem: string
  /** Where fast-check finds the smallest case again. */
  readonly path: string
  readonly smallest: VerifierCase
}

/** Runs cases until one fails, and then looks for the smallest one that does. */
export async function runChunk(
  examine: Examine,
  { seed, cases, path }: Chunk,
): Promise<ChunkResult> {
  const shares: Partial<Record<Outcome, number>> = {}
  const property = fc.asyncProperty(numbers, async (choices) => {
    const subject = toCase(choices)
    const verdict = referenceVerdict(subject)
    const outcome = verdict.startsWith('accepted ') ? 'accepted' : (verdict as Outcome)
    shares[outcome] = (shares[outcome] ?? 0) + 1
    const problem = await examine(subject, verdict)
    if (problem !== undefined) throw new Difference(problem)
  })
  const result = await fc.check(property, {
    seed,
    numRuns: cases,
    ...(path !== undefined && { path }),
  })
  if (!result.failed) return { shares }
  const [choices = []] = result.counterexample ?? []
  return {
    shares,
    failure: {
      problem: describe(result.errorInstance),
      path: result.counterexamplePath ?? '',
      smallest: toCase(choices),
    },
  }
}

class Difference extends Error {}

/** Of what was thrown in between, the place matters. */
function describe(error: unknown): string {
  if (error instanceof Difference) return error.message
  return error instanceof Error ? `${error.stack}` : `${error}`
}
