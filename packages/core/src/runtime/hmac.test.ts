import { createHmac, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import * as node from './hmac-node.ts'
import { createOneShotHmac } from './hmac-node-one-shot.ts'
import * as web from './hmac-web.ts'

type Digest = (secret: string, prefix: string, body: Uint8Array) => Promise<string>

const implementations: readonly (readonly [string, Digest])[] = [
  [
    'createHmac',
    async (secret, ...rest) => node.createHmacSha256(secret, 'hmac')(...rest),
  ],
  [
    'crypto.hash',
    async (secret, ...rest) => node.createHmacSha256(secret, 'one-shot')(...rest),
  ],
  ['Web Crypto', (secret, ...rest) => web.createHmacSha256(secret, 'hmac')(...rest)],
]

function expected(secret: string, prefix: string, body: Uint8Array): string {
  return createHmac('sha256', secret).update(prefix).update(body).digest('hex')
}

/** RFC 4231, section 4, without the truncated case 5. */
const rfc4231: readonly (readonly [Buffer, Buffer, string])[] = [
  [
    Buffer.alloc(20, 0x0b),
    Buffer.from('Hi There'),
    'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
  ],
  [
    Buffer.from('Jefe'),
    Buffer.from('what do ya want for nothing?'),
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  ],
  [
    Buffer.alloc(20, 0xaa),
    Buffer.alloc(50, 0xdd),
    '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe',
  ],
  [
    Buffer.from(Array.from({ length: 25 }, (_, index) => index + 1)),
    Buffer.alloc(50, 0xcd),
    '82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b',
  ],
  [
    Buffer.alloc(131, 0xaa),
    Buffer.from('Test Using Larger Than Block-Size Key - Hash Key First'),
    '60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54',
  ],
  [
    Buffer.alloc(131, 0xaa),
    Buffer.from(
      'This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed before being used by the HMAC algorithm.',
    ),
    '9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2',
  ],
]

it.each(rfc4231)(
  'crypto.hash gives the digests of RFC 4231 (case %#)',
  (key, data, digest) => {
    expect(createOneShotHmac(key)('', data)).toBe(digest)
  },
)

describe.each(implementations)('HMAC by %s', (_, digestOf) => {
  it('gives the digest of RFC 4231, test case 2', async () => {
    const digest = await digestOf('Jefe', 'what do ya ', Buffer.from('want for nothing?'))
    expect(digest).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    )
  })

  it('gives what createHmac gives around the borders of blocks and buffers', async () => {
    const lengths = [0, 1, 51, 52, 53, 55, 56, 63, 64, 65, 119, 120, 1_000]
    for (const keyLength of [1, 32, 63, 64, 65, 128, 300]) {
      const secret = randomBytes(keyLength).toString('hex').slice(0, keyLength)
      for (const length of [...lengths, 65_460, 65_470, 65_536, 1_048_576]) {
        const body = randomBytes(length)
        const digest = await digestOf(secret, '1795507200.', body)
        expect(digest).toBe(expected(secret, '1795507200.', body))
      }
    }
  })

  it('gives what createHmac gives for any key and any body', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary', minLength: 1, maxLength: 200 }),
        fc.stringMatching(/^[0-9]{0,13}\.$/),
        fc.uint8Array({ maxLength: 300 }),
        async (secret, prefix, body) => {
          expect(await digestOf(secret, prefix, body)).toBe(
            expected(secret, prefix, body),
          )
        },
      ),
      { numRuns: 500 },
    )
  })

  it('leaves nothing of a longer body in the digest of a shorter one', async () => {
    const prefix = '1.'
    for (const length of [60_000, 10, 0, 70_000, 10]) {
      const body = randomBytes(length)
      expect(await digestOf('whsec_1', prefix, body)).toBe(
        expected('whsec_1', prefix, body),
      )
    }
  })
})

describe.each([
  ['node', node.equalsHex],
  ['web', web.equalsHex],
] as const)('equalsHex for %s', (_, equalsHex) => {
  it('tells digests apart that differ in one bit', () => {
    const digest = randomBytes(32)
    const hex = digest.toString('hex')
    expect(equalsHex(hex, hex)).toBe(true)
    for (let bit = 0; bit < 256; bit++) {
      const flipped = Buffer.from(digest)
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(equalsHex(hex, flipped.toString('hex'))).toBe(false)
    }
  })

  it('never takes what is no digest for the one before it', () => {
    const hex = randomBytes(32).toString('hex')
    expect(equalsHex(hex, hex)).toBe(true)
    for (const other of ['', hex.slice(0, 62), `${hex.slice(0, 62)}zz`, `${hex}00`, 'é'])
      expect(equalsHex(hex, other)).toBe(false)
  })
})

it('imports a key once, and not before it is used', async () => {
  const importKey = vi.spyOn(crypto.subtle, 'importKey')
  const digestOf = web.createHmacSha256('whsec_1', 'hmac')
  expect(importKey).not.toHaveBeenCalled()
  await Promise.all([1, 2, 3].map((byte) => digestOf('1.', Uint8Array.of(byte))))
  expect(importKey).toHaveBeenCalledTimes(1)
  importKey.mockRestore()
})
