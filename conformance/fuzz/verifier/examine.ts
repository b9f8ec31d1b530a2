import type { SignatureInput, SignatureKey, SignatureResult } from '@countersign/core'
import type { Verdict, VerifierCase } from '../reference-verifier.ts'

/** Puts one case to what is under test, and says what is wrong with its answer. */
export type Examine = (
  subject: VerifierCase,
  expected: Verdict,
) => string | undefined | Promise<string | undefined>

/** What is compared with the reference: `createSignatureKey` and `verifySignature` of core, or something in their place. */
export interface Verifier {
  readonly createKey: (secret: string) => SignatureKey
  readonly verify: (input: SignatureInput) => SignatureResult | Promise<SignatureResult>
}

/** Asks a verifier for its verdict and holds it against the reference's. Keys are kept, as applications do. */
export function createComparison(name: string, { createKey, verify }: Verifier): Examine {
  const keys = new Map<string, SignatureKey>()
  const keyOf = (secret: string) => {
    const key = keys.get(secret) ?? createKey(secret)
    keys.set(secret, key)
    return key
  }
  return async ({ secrets, ...subject }, expected) => {
    const result = await verify({ ...subject, keys: secrets.map(keyOf) })
    const found = result.valid ? `accepted by ${result.keyIndex}` : result.reason
    return found === expected
      ? undefined
      : `the reference says "${expected}", ${name} says "${found}"`
  }
}
