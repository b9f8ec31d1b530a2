import { expect, it } from 'vitest'
import { createRedactor } from './redact.ts'

it('takes out every secret of the run, also one that holds another', () => {
  const redact = createRedactor(['token', 'token-and-more', ''])
  expect(redact('a token and a token-and-more')).toBe('a [redacted] and a [redacted]')
})

it('takes out what has the form of a secret, whoever it belongs to', () => {
  const redact = createRedactor([])
  const digest = 'a'.repeat(64)
  expect(redact(`whsec_abc sk_test_1 rk_live_2 t=1,v1=${digest},v0=${digest}`)).toBe(
    'whsec_[redacted] sk_test_[redacted] rk_live_[redacted] t=1,v1=[redacted],v0=[redacted]',
  )
})

it('takes out a secret however it is written', () => {
  const secret = 'whsec_a+b/c?d=\u00ff\u00fe'
  const redact = createRedactor([secret])
  const bytes = Buffer.from(secret)
  for (const form of [
    secret,
    encodeURIComponent(secret),
    bytes.toString('base64'),
    bytes.toString('base64url'),
    bytes.toString('hex'),
  ]) {
    expect(redact(`x ${form} y`)).toMatch(/^x \[redacted\]=* y$/)
  }
})
