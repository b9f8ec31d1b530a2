import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import {
  createSignatureKey,
  type SignatureInput,
  verifySignature,
} from './verify-signature.ts'

const SECRET = 'whsec_test_secret'
const NOW = 1_600_000_000
const BODY = '{\n  "id": "evt_test_webhook",\n  "object": "event"\n}'

function v1(
  body: string | Uint8Array,
  timestamp: string | number = NOW,
  secret = SECRET,
): string {
  return createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex')
}

/** Verifies with everything right but what is given. */
function verify({
  header = `t=${NOW},v1=${v1(BODY)}`,
  body = BODY,
  secrets = [SECRET],
  now = NOW,
  toleranceSeconds = 300,
}: {
  header?: string | undefined
  body?: string | Uint8Array
  secrets?: readonly string[]
  now?: number
  toleranceSeconds?: number
} = {}) {
  const input: SignatureInput = {
    body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
    header,
    keys: secrets.map((secret) => createSignatureKey(secret)),
    now: now * 1000,
    toleranceSeconds,
  }
  return verifySignature(input)
}

const reasonOf = (result: ReturnType<typeof verify>) =>
  'valid' in result && !result.valid ? result.reason : 'accepted'

describe('verifySignature', () => {
  it.each([
    [12_345, '2672d138c9a412830f3bfe2ecc5bfb3277cf6f5b49d0119d77dd6cb64da1257e'],
    [1_234_567_890, '45969f456b3331a0f76e237ed33423d5f758908f1f0432d30e7d45ba89bb9edd'],
    [1_600_000_000, 'd31a0c09b944148f3e0967540577eab14332f9eed37bc847aa57257cb33baf8e'],
  ])("accepts the digest that Stripe's own test payload has at t=%i", (t, digest) => {
    expect(verify({ header: `t=${t},v1=${digest}`, now: t })).toEqual({
      valid: true,
      keyIndex: 0,
    })
  })

  it('tells which of several keys has signed', () => {
    expect(verify({ secrets: ['whsec_old', SECRET] })).toEqual({
      valid: true,
      keyIndex: 1,
    })
  })

  it('uses the whole secret as text, and does not decode it', () => {
    const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
    const header = `t=${NOW},v1=${v1(BODY, NOW, secret)}`
    expect(reasonOf(verify({ header, secrets: [secret] }))).toBe('accepted')
  })

  it('accepts keys that are shorter, as long as and longer than a block of the hash', () => {
    for (const length of [1, 58, 64, 65, 200]) {
      const secret = `whsec_${'k'.repeat(length)}`
      const header = `t=${NOW},v1=${v1(BODY, NOW, secret)}`
      expect(reasonOf(verify({ header, secrets: [secret] }))).toBe('accepted')
    }
  })

  const good = v1(BODY)
  const other = 'c'.repeat(64)
  it.each([
    ['in any order', `v1=${good},t=${NOW}`],
    ['with other schemes beside it', `t=${NOW},v0=${other},v1=${good},v2=x,scheme=`],
    ['as the first of several', `t=${NOW},v1=${good},v1=${other}`],
    ['as the last of sixteen', `t=${NOW}${`,v1=${other}`.repeat(15)},v1=${good}`],
  ])('accepts a good v1 %s', (_, header) => {
    expect(reasonOf(verify({ header }))).toBe('accepted')
  })

  it.each([
    ['nothing', ''],
    ['no timestamp', `v1=${good}`],
    ['no v1', `t=${NOW}`],
    ['another scheme only', `t=${NOW},v0=${good}`],
    ['an empty v1', `t=${NOW},v1=`],
    ['an empty v1 beside a good one', `t=${NOW},v1=${good},v1=`],
    ['a bare v1 beside a good one', `t=${NOW},v1=${good},v1`],
    ['a v1 that is cut short', `t=${NOW},v1=${good.slice(1)}`],
    ['a v1 that is too long', `t=${NOW},v1=${good}0`],
    ['a v1 of 64 characters of Latin-1', `t=${NOW},v1=${'\u00e9'.repeat(64)}`],
    ['a v1 in upper case', `t=${NOW},v1=${good.toUpperCase()}`],
    ['seventeen v1', `t=${NOW}${`,v1=${other}`.repeat(16)},v1=${good}`],
    ['more than 4 kB', `t=${NOW},v1=${good},v0=${'0'.repeat(4_096)}`],
    ['a space', `t=${NOW}, v1=${good}`],
    ['a tab at the end', `t=${NOW},v1=${good}\t`],
    ['a second header joined to it', `t=${NOW},v1=${good}, t=${NOW},v1=${good}`],
    ['two timestamps', `t=${NOW},t=${NOW},v1=${good}`],
    ['a timestamp with junk', `t=${NOW}junk,v1=${v1(BODY, `${NOW}junk`)}`],
    ['a timestamp that begins with 0', `t=0${NOW},v1=${v1(BODY, `0${NOW}`)}`],
    ['a negative timestamp', `t=-1,v1=${v1(BODY, '-1')}`],
    ['a timestamp that is no number', `t=NaN,v1=${v1(BODY, 'NaN')}`],
    ['a timestamp of 14 digits', `t=${NOW}0000,v1=${v1(BODY, `${NOW}0000`)}`],
    ['an empty timestamp', `t=,v1=${v1(BODY, '')}`],
    ['an item without a name', `t=${NOW},=x,v1=${good}`],
    ['a comma at the end', `t=${NOW},v1=${good},`],
  ])('calls a header with %s malformed', (_, header) => {
    expect(reasonOf(verify({ header }))).toBe('header_malformed')
  })

  it('tells a missing header from a malformed one', () => {
    const input = {
      body: new Uint8Array(),
      header: undefined,
      keys: [],
      now: 0,
      toleranceSeconds: 1,
    }
    expect(verifySignature(input)).toEqual({ valid: false, reason: 'header_missing' })
  })

  it.each([
    ['another secret', { secrets: ['whsec_other'] }],
    ['another body', { body: BODY.replace('webhook', 'webhooK') }],
    ['a byte order mark before the body', { body: `\ufeff${BODY}` }],
    ['another timestamp', { header: `t=${NOW + 1},v1=${good}` }],
    ['the first digits only', { header: `t=${NOW},v1=${good.slice(0, 60)}0000` }],
    ['no secret at all', { secrets: [] }],
  ])('finds no match for %s', (_, change) => {
    expect(reasonOf(verify(change))).toBe('no_match')
  })

  it('sees bytes that decode to the same text as different', () => {
    const signed = new TextEncoder().encode('{"name":"Jos\ufffd"}')
    const header = `t=${NOW},v1=${v1(signed)}`
    const swapped = new Uint8Array([
      ...new TextEncoder().encode('{"name":"Jos'),
      0xff,
      0x22,
      0x7d,
    ])
    expect(reasonOf(verify({ header, body: signed }))).toBe('accepted')
    expect(reasonOf(verify({ header, body: swapped }))).toBe('no_match')
  })

  it.each([
    [0, 'accepted'],
    [300, 'accepted'],
    [301, 'timestamp_too_old'],
    [-300, 'accepted'],
    [-301, 'timestamp_in_future'],
    [-31_536_000, 'timestamp_in_future'],
  ])('judges a signature that is %i s old as %s', (age, outcome) => {
    expect(reasonOf(verify({ now: NOW + age }))).toBe(outcome)
  })

  it.each([
    ['a tolerance', { toleranceSeconds: Number.NaN }],
    ['a time', { now: Number.NaN }],
  ])('accepts nothing with %s that is no number', (_, change) => {
    expect(reasonOf(verify(change))).toBe('timestamp_too_old')
  })

  it.each(['', ' \n', undefined, null])('makes no key of the secret %j', (secret) => {
    expect(() => createSignatureKey(secret as string)).toThrowError(
      expect.objectContaining({ code: 'configuration_invalid' }),
    )
  })

  it('says "too old" only of what was really signed', () => {
    expect(reasonOf(verify({ header: `t=${NOW},v1=${other}`, now: NOW + 999 }))).toBe(
      'no_match',
    )
  })

  it('takes bodies from nothing to a megabyte', () => {
    for (const length of [0, 1, 63, 64, 65, 1_048_576]) {
      const body = new Uint8Array(length).fill(0x61)
      const header = `t=${NOW},v1=${v1(body)}`
      expect(reasonOf(verify({ header, body }))).toBe('accepted')
    }
  })
})
