import fc from 'fast-check'
import { type Chooser, chooserOf } from '../chooser.ts'
import type { VerifierCase } from '../reference-verifier.ts'
import { chooseBody, tamper } from './choose-body.ts'
import { chooseHeader } from './choose-header.ts'

/** More than any case asks for. */
const NUMBERS = 64

/**
 * The numbers of which fast-check makes a case: it shrinks each towards 0, and
 * {@link toCase} reads 0 as the plainest choice. One array is several times as fast as an
 * arbitrary that is composed of many.
 */
export const numbers: fc.Arbitrary<number[]> = fc.noBias(
  fc.array(fc.nat(), { minLength: NUMBERS, maxLength: NUMBERS }),
)

/** Secrets of every length around a block of the hash, which is 64 bytes. */
const secrets = [
  'whsec_a',
  ...[8, 31, 32, 38, 55, 56, 63, 64, 65, 70, 127, 128, 129, 200].map(
    (length) => `whsec_${'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'.repeat(7).slice(6, length)}`,
  ),
  'whsec_0+/=-',
  'whsec_Zo\u00eb',
  `whsec_${'\ud83d\ude00'.repeat(15)}`,
] as const

/** Makes a case of numbers: a pure function. */
export function toCase(choices: readonly number[]): VerifierCase {
  const choose = chooserOf(choices)
  const toleranceSeconds = choose.of([300, 300, 300, 300, 1, 86_400, 0, 0.5])
  const now = choose.of([1_600_000_000_000, 1_600_000_000_999, 1_795_507_200_500, 4e12])
  const timestamp = Math.floor(now / 1000) - chooseAge(toleranceSeconds, choose)

  const count = choose.of([1, 1, 2, 3, 4])
  const first = choose.below(secrets.length)
  const keys = Array.from(
    { length: count },
    (_, at) => secrets[(first + at * 5) % secrets.length] ?? secrets[0],
  )
  const stranger = secrets[(first + 1) % secrets.length] ?? secrets[0]
  const secret = choose.oneIn(12) ? stranger : (keys[choose.below(count)] ?? stranger)

  const body = chooseBody(choose)
  const isTampered = choose.oneIn(10)
  const tampered = isTampered ? tamper(body, choose) : body
  const facts = { body, secret, otherSecret: stranger, timestamp }
  const header = chooseHeader(facts, choose)
  return { header, body: tampered, secrets: keys, now, toleranceSeconds }
}

/** Seconds. Mostly within the tolerance, often at its very edge. */
function chooseAge(tolerance: number, choose: Chooser): number {
  const edge = Math.floor(tolerance)
  const within = [0, 0, 0, 0, edge, -edge, Math.floor(edge / 2)] as const
  const outside = [edge + 1, -edge - 1, 31_536_000, -31_536_000] as const
  return choose.of(choose.oneIn(8) ? outside : within)
}
