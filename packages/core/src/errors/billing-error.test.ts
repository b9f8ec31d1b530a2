import { describe, expect, it } from 'vitest'
import { BillingError, isBillingError } from './billing-error.ts'

describe('isBillingError', () => {
  it('recognises an error of another copy of this package', async () => {
    const copy = (await import('./billing-error.ts?another-copy' as string)) as {
      BillingError: typeof BillingError
    }
    const error = new copy.BillingError('lease_lost', 'taken over')
    expect(error).not.toBeInstanceOf(BillingError)
    expect(isBillingError(error)).toBe(true)
  })

  it.each([new Error('other'), null, undefined, 'lease_lost', { code: 'lease_lost' }])(
    'does not take %s for one',
    (value) => {
      expect(isBillingError(value)).toBe(false)
    },
  )

  it('carries its cause, and shows no more than code and message when it is printed as JSON', () => {
    const cause = new Error('connection refused')
    const error = new BillingError('store_unavailable', 'no answer', { cause })
    expect(error.cause).toBe(cause)
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      code: 'store_unavailable',
      name: 'BillingError',
    })
  })
})
