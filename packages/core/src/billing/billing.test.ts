import { describe, expect, it, vi } from 'vitest'
import type { Inbound } from '../webhooks/inbound.ts'
import { openReceiver, type WebhookReceiver } from './billing.ts'

const inbound: Inbound = {
  method: 'POST',
  header: () => undefined,
  readBody: async () => new Uint8Array(),
}
const reply = { status: 204, headers: {}, body: '' }
const billing: WebhookReceiver = {
  webhooks: {
    receive: async (given) => {
      expect(given).toBe(inbound)
      return reply
    },
  },
}

describe('openReceiver', () => {
  it('hands requests to a billing', async () => {
    expect(await openReceiver(billing)(inbound)).toBe(reply)
  })

  it('calls a function once, also when it is needed several times at once', async () => {
    const make = vi.fn(async () => billing)
    const receive = openReceiver(make)
    expect(make).not.toHaveBeenCalled()
    const replies = await Promise.all([1, 2, 3].map(() => receive(inbound)))
    expect(replies).toEqual([reply, reply, reply])
    await receive(inbound)
    expect(make).toHaveBeenCalledTimes(1)
  })

  it('refuses what is no billing, and does not keep it', async () => {
    const wrong = undefined as unknown as WebhookReceiver
    expect(() => openReceiver(wrong)).toThrow(/was given no billing/)
    const make = vi.fn(() => wrong)
    const receive = openReceiver(make)
    await expect(receive(inbound)).rejects.toMatchObject({
      code: 'configuration_invalid',
    })
    make.mockReturnValue(billing)
    expect(await receive(inbound)).toBe(reply)
  })

  it('calls it again after it has failed', async () => {
    const make = vi.fn<() => WebhookReceiver>(() => {
      throw new Error('no secret yet')
    })
    const receive = openReceiver(make)
    await expect(receive(inbound)).rejects.toThrow('no secret yet')
    make.mockReturnValue(billing)
    expect(await receive(inbound)).toBe(reply)
  })
})
