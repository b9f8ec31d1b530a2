import { describe, expect, it, vi } from 'vitest'
import { emulator } from '../emulator.test-setup.ts'
import { startEmulator } from '../index.ts'

describe('startEmulator', () => {
  it('leaves nothing running when its port is taken', async () => {
    const children = () =>
      process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap').length
    const before = children()
    const port = Number(new URL(emulator.url).port)
    await expect(startEmulator({ port })).rejects.toThrow(/EADDRINUSE/)
    await vi.waitFor(() => expect(children()).toBe(before))
  })

  it('says so when there is no stripe-mock at the URL that it is given', async () => {
    const stripeMockUrl = 'http://127.0.0.1:9'
    await expect(startEmulator({ stripeMockUrl })).rejects.toThrow(/does not answer/)
  })

  it('listens on IPv6 too, under a URL that can be used', async () => {
    const own = await startEmulator({ host: '::1' })
    expect((await fetch(`${own.url}/_emulator`)).status).toBe(200)
    await own.stop()
  })
})
