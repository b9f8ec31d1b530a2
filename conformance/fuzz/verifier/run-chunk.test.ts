import {
  createSignatureKey,
  type SignatureInput,
  type SignatureResult,
  verifySignature,
} from '@countersign/core'
import { describe, expect, it } from 'vitest'
import { createComparison } from './examine.ts'
import { type Chunk, type ChunkFailure, runChunk } from './run-chunk.ts'

type Verify = (input: SignatureInput) => SignatureResult | Promise<SignatureResult>

/** A campaign against core with a defect in front of it. */
function fuzz(verify: Verify, chunk: Partial<Chunk> = {}) {
  const examine = createComparison('it', { createKey: createSignatureKey, verify })
  return runChunk(examine, { seed: 1, cases: 20_000, ...chunk })
}

const headerOf = ({ smallest }: ChunkFailure) => smallest.header ?? ''

/** What it does to the header or the body before core sees them. */
const withHeader =
  (change: (header: string) => string): Verify =>
  (input) =>
    verifySignature({
      ...input,
      header: input.header === undefined ? undefined : change(input.header),
    })

const MARK = Buffer.of(0xef, 0xbb, 0xbf)

const defects: readonly [
  defect: string,
  verify: Verify,
  isMinimal: (failure: ChunkFailure) => boolean,
][] = [
  [
    'takes hex digits in upper case',
    withHeader((header) =>
      header.replaceAll(/v1=[0-9A-F]{64}/g, (v1) => v1.toLowerCase()),
    ),
    (failure) => /^t=\d+,v1=[0-9A-F]{64}$/.test(headerOf(failure)),
  ],
  [
    'takes the last of several t',
    withHeader((header) => header.replace(/t=\d+,(?=.*\bt=)/, '')),
    (failure) => headerOf(failure).split(/\bt=/).length === 3,
  ],
  [
    'drops white space',
    withHeader((header) => header.replaceAll(' ', '')),
    (failure) => headerOf(failure).includes(' '),
  ],
  [
    'passes a malformed v1 over',
    withHeader((header) => header.replace(/,v1=(?=,|$)/, '')),
    (failure) => /,v1=(,|$)/.test(headerOf(failure)),
  ],
  [
    'takes v0 for v1',
    withHeader((header) => header.replace(/v0=(?=[0-9a-f]{64}(,|$))/, 'v1=')),
    (failure) => headerOf(failure).includes('v0='),
  ],
  [
    'compares all digits but the last',
    async (input) => {
      for (const digit of '01') {
        const header = input.header?.replaceAll(
          /(v1=[0-9a-f]{63})[0-9a-f]/g,
          `$1${digit}`,
        )
        const result = await verifySignature({ ...input, header })
        if (result.valid) return result
      }
      return verifySignature(input)
    },
    (failure) => headerOf(failure).split('v1=').length === 2,
  ],
  [
    'drops a byte order mark',
    (input) =>
      MARK.equals(input.body.subarray(0, 3))
        ? verifySignature({ ...input, body: input.body.subarray(3) })
        : verifySignature(input),
    ({ smallest }) => MARK.equals(smallest.body.subarray(0, 3)),
  ],
  [
    'hashes the body as text',
    (input) =>
      verifySignature({
        ...input,
        body: Buffer.from(Buffer.from(input.body).toString()),
      }),
    ({ smallest }) => smallest.body.length <= 64,
  ],
  [
    'tries the first key only',
    (input) => verifySignature({ ...input, keys: input.keys.slice(0, 1) }),
    ({ smallest }) => smallest.secrets.length === 2,
  ],
  [
    'takes a signature that is one second too old',
    (input) =>
      verifySignature({ ...input, toleranceSeconds: input.toleranceSeconds + 1 }),
    ({ smallest }) => smallest.body.length === 0,
  ],
  [
    'throws for a long header',
    (input) => {
      if ((input.header?.length ?? 0) > 4_096) throw new RangeError('too long')
      return verifySignature(input)
    },
    (failure) => headerOf(failure).length === 4_097,
  ],
]

describe('a campaign', () => {
  it('finds nothing in core', async () => {
    const { failure, shares } = await fuzz(verifySignature, { cases: 2_000 })
    expect(failure).toBeUndefined()
    expect(shares.accepted).toBeGreaterThan(2_000 / 3)
  })

  it.each(defects)('finds a verifier that %s', async (_, verify, isMinimal) => {
    const { failure } = await fuzz(verify)
    expect(failure).toBeDefined()
    if (failure === undefined) return
    expect(failure.smallest).toSatisfy(() => isMinimal(failure))
    const again = await fuzz(verify, { path: failure.path })
    expect(again.failure?.smallest).toEqual(failure.smallest)
  })
})
