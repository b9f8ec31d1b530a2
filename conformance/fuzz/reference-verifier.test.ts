import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { referenceVerdict } from './reference-verifier.ts'

interface Vector {
  readonly id: string
  readonly comment: string
  readonly secrets: readonly string[]
  /** Seconds since 1970-01-01 UTC. */
  readonly now: number
  /** In base64. */
  readonly payload: string
  readonly header: string
  readonly expected: 'accept' | 'reject'
}

const source = readFileSync(new URL('../fixtures/vectors.json', import.meta.url), 'utf8')
const { vectors } = JSON.parse(source) as { vectors: readonly Vector[] }

describe('referenceVerdict', () => {
  it.each(vectors)('agrees with vector $id: $comment', (vector) => {
    const { secrets, header } = vector
    const verdict = referenceVerdict({
      body: Buffer.from(vector.payload, 'base64'),
      header,
      secrets,
      now: vector.now * 1000,
      toleranceSeconds: 300,
    })
    expect(verdict.startsWith('accepted')).toBe(vector.expected === 'accept')
  })

  const plain = {
    body: Buffer.alloc(0),
    secrets: ['whsec_other', 'whsec_test_secret'],
    now: 1_600_000_000_999,
    toleranceSeconds: 300,
  }
  // printf '1600000000.' | openssl dgst -sha256 -hmac whsec_test_secret
  const v1 = '740cce120fc240ac5414df761b26940db0cf33c5f146dbe031ef90278bc2227e'

  it.each([
    [undefined, 'header_missing'],
    ['', 'header_malformed'],
    [`t=1600000000,v1=${v1}`, 'accepted by 1'],
    [`t=1600000000,v1=${'0'.repeat(64)}`, 'no_match'],
  ])('says of %j: %s', (header, verdict) => {
    expect(referenceVerdict({ ...plain, header })).toBe(verdict)
  })

  it.each([
    [300, 'accepted by 1'],
    [301, 'timestamp_too_old'],
    [-300, 'accepted by 1'],
    [-301, 'timestamp_in_future'],
  ])('says of a signature that is %i s old: %s', (age, verdict) => {
    const header = `t=1600000000,v1=${v1}`
    const now = plain.now + age * 1000
    expect(referenceVerdict({ ...plain, header, now })).toBe(verdict)
  })
})
