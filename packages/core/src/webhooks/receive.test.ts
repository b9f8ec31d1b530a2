import Stripe from 'stripe'
import { describe, expect, it, vi } from 'vitest'
import { BillingError } from '../errors/billing-error.ts'
import type { Inbound } from '../index.ts'
import { eventOf, SECRET, setUp } from './receive.test-setup.ts'

describe('what is refused before an event is looked at', () => {
  const reading = (
    code:
      | 'body_too_large'
      | 'body_too_late'
      | 'body_aborted'
      | 'body_already_read'
      | 'body_inexact',
  ) => ({
    readBody: () => Promise.reject(new BillingError(code, `because of ${code}`)),
  })
  it.each<[string, Partial<Inbound>, number, string]>([
    ['GET', { method: 'GET' }, 405, 'method_not_allowed'],
    ['HEAD', { method: 'HEAD' }, 405, 'method_not_allowed'],
    [
      'a compressed body',
      { header: (name) => (name === 'content-encoding' ? 'gzip' : undefined) },
      415,
      'body_encoded',
    ],
    ['a body that is too large', reading('body_too_large'), 413, 'body_too_large'],
    ['a body that comes too late', reading('body_too_late'), 408, 'body_too_late'],
    ['a sender that goes away', reading('body_aborted'), 400, 'body_aborted'],
    ['a body that was kept as text', reading('body_inexact'), 400, 'body_inexact'],
    [
      'a body that was read before',
      reading('body_already_read'),
      500,
      'body_already_read',
    ],
    [
      'a reader that fails',
      { readBody: () => Promise.reject(new Error('boom')) },
      500,
      'internal_error',
    ],
    ['no signature', { header: () => undefined }, 400, 'signature_invalid'],
    [
      'a malformed signature',
      { header: (name) => (name === 'stripe-signature' ? 'v1=' : undefined) },
      400,
      'signature_invalid',
    ],
  ])('%s', async (_, change, status, outcome) => {
    const onEvent = vi.fn()
    const { receive } = setUp({ onEvent })
    expect(await receive(eventOf(), change)).toMatchObject({ status, outcome })
    expect(onEvent).not.toHaveBeenCalled()
  })

  it.each(['null', '{}', '[', '', '"s"'])('a signed body that is %j', async (text) => {
    const { receive, lines, examined } = setUp({ onEvent: () => {} })
    expect(await receive(text)).toMatchObject({ status: 400, outcome: 'event_invalid' })
    await examined()
    expect(lines).toHaveLength(1)
  })

  it('closes the connection where a body is left on it, and only there', async () => {
    const { receive } = setUp()
    expect(await receive(eventOf(), reading('body_too_large'))).toMatchObject({
      close: true,
    })
    expect(await receive(eventOf(), { method: 'PUT' })).toMatchObject({ close: true })
    expect(await receive('{}')).not.toHaveProperty('close')
  })

  it('names the methods that it allows', async () => {
    const { receive } = setUp()
    expect(await receive(eventOf(), { method: 'PUT' })).toMatchObject({
      headers: { allow: 'POST' },
    })
  })

  it('gives up on a body after its deadline', async () => {
    const { receive, elapse, timers } = setUp({ limits: { bodyTimeoutMs: 7 } })
    const stalled: Partial<Inbound> = {
      readBody: ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () =>
            reject(new BillingError('body_too_late', 'late')),
          )
        }),
    }
    const reply = receive(eventOf(), stalled)
    expect([...timers.values()]).toMatchObject([{ delayMs: 7 }])
    elapse()
    expect(await reply).toMatchObject({ status: 408 })
    // What is left is the doctor's, who has waited for the answer.
    expect([...timers.values()]).toMatchObject([{ delayMs: 0 }])
  })

  it('begins no deadline for somebody who asks for the signal too late', async () => {
    let late: (() => AbortSignal) | undefined
    const { receive, timers } = setUp({ onEvent: () => {} })
    await receive(eventOf(), {
      readBody: async (limits) => {
        late = () => limits.signal
        return new Uint8Array()
      },
    })
    timers.clear()
    expect(late?.().aborted).toBe(true)
    expect(timers.size).toBe(0)
  })
})

describe('the API version', () => {
  const stripe = new Stripe('sk_test_unused')
  const train = String(stripe.getApiField('version')).split('.')[1]

  it('of another train is warned of once', async () => {
    const { receive, lines } = setUp({ stripe, sync: 'off' })
    await receive(eventOf({ api_version: `2026-01-01.${train}` }))
    expect(lines).toEqual([])
    for (const api_version of [null, undefined, ''])
      await receive(eventOf({ api_version }))
    expect(lines).toEqual([])
    await receive(eventOf({ api_version: '2025-02-24.acacia' }))
    await receive(eventOf({ api_version: '2024-06-20' }))
    expect(lines.map(({ message }) => message)).toEqual([
      expect.stringContaining('2025-02-24.acacia'),
    ])
  })

  it("is nobody's business without a client to compare it with", async () => {
    const { receive, lines } = setUp()
    await receive(eventOf({ api_version: '2025-02-24.acacia' }))
    expect(lines).toEqual([])
  })
})

describe('what is logged', () => {
  it('never holds a secret, a signature or a payload', async () => {
    const { receive, lines, examined } = setUp({
      onEvent: () => Promise.reject(new Error('boom')),
    })
    const secretive = eventOf({
      data: { object: { id: 'in_1', email: 'ada@example.com' } },
    })
    await receive(secretive)
    await receive(secretive, {
      header: (name) => (name === 'stripe-signature' ? 't=1,v1=feed' : undefined),
    })
    await receive('{"email":"ada@example.com"')
    await receive({ ...secretive, livemode: true })
    await examined()
    const logged = JSON.stringify(lines)
    expect(lines.length).toBeGreaterThanOrEqual(4)
    for (const secret of [SECRET, 'feed', 'ada@example.com'])
      expect(logged).not.toContain(secret)
  })
})
