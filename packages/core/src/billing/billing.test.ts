import { describe, expect, it, vi } from 'vitest'
import { openBilling, type WebhookReceiver } from './billing.ts'

const billing: WebhookReceiver = {
  webhooks: { receive: () => Promise.reject(new Error('unused')) },
}

describe('openBilling', () => {
  it('gives a billing as it is', () => {
    expect(openBilling(billing)()).toBe(billing)
  })

  it('calls a function once, also when it is needed several times at once', async () => {
    const make = vi.fn(async () => billing)
    const open = openBilling(make)
    expect(make).not.toHaveBeenCalled()
    expect(await Promise.all([open(), open(), open()])).toEqual([
      billing,
      billing,
      billing,
    ])
    await open()
    expect(make).toHaveBeenCalledTimes(1)
  })

  it('refuses what is no billing, and does not keep it', async () => {
    const wrong = undefined as unknown as WebhookReceiver
    expect(() => openBilling(wrong)).toThrow(/was given no billing/)
    const make = vi.fn(() => wrong)
    const open = openBilling(make)
    await expect(open()).rejects.toMatchObject({ code: 'configuration_invalid' })
    make.mockReturnValue(billing)
    expect(await open()).toBe(billing)
  })

  it('calls it again after it has failed', async () => {
    const make = vi.fn<() => WebhookReceiver>(() => {
      throw new Error('no secret yet')
    })
    const open = openBilling(make)
    await expect(open()).rejects.toThrow('no secret yet')
    make.mockReturnValue(billing)
    expect(await open()).toBe(billing)
  })
})
