import { createHmac, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import * as node from './hmac-node.ts'
import * as web from './hmac-web.ts'

const lengths = [0, 1, 55, 56, 63, 64, 65, 1_000]

describe.each([
  ['node', node],
  ['web', web],
] as const)('the HMAC for %s', (_, hmac) => {
  // The two implementations have keys of different types, each made by itself.
  const digestOf = async (secret: string, prefix: string, body: Uint8Array) =>
    hmac.hmacSha256(hmac.createHmacKey(secret) as never, prefix, body)

  it('gives the digest of RFC 4231, test case 2', async () => {
    const digest = await digestOf('Jefe', 'what do ya ', Buffer.from('want for nothing?'))
    expect(Buffer.from(digest).toString('hex')).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    )
  })

  it('gives what createHmac gives, for keys and bodies of every length', async () => {
    for (const keyLength of lengths.slice(1)) {
      for (const bodyLength of lengths) {
        const secret = randomBytes(keyLength).toString('hex').slice(0, keyLength)
        const body = randomBytes(bodyLength)
        const expected = createHmac('sha256', secret)
          .update('1.')
          .update(body)
          .digest('hex')
        const digest = await digestOf(secret, '1.', body)
        expect(Buffer.from(digest).toString('hex')).toBe(expected)
        expect(hmac.equalsHex(digest, expected)).toBe(true)
      }
    }
  })

  it('tells digests apart that differ in one bit', () => {
    const digest = randomBytes(32)
    for (let bit = 0; bit < 256; bit++) {
      const flipped = Buffer.from(digest)
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(hmac.equalsHex(digest, flipped.toString('hex'))).toBe(false)
    }
  })
})
