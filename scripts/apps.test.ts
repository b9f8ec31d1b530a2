// Starts every example in apps/ with the command that its README names, and sends it one
// signed and one forged event.
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import {
  type ExampleApp,
  paidInvoice,
  START_TIMEOUT_MS,
  signatureOf,
  startExample,
} from './example-app.ts'

const secret = 'whsec_c2lnbnMgdGhlIGV4YW1wbGVz'

let app: ExampleApp | undefined
afterEach(() => app?.stop())

describe.each(['express', 'koa', 'remix', 'next'])('apps/%s', (name) => {
  it(
    'starts with one command, takes a signed event once and refuses a forged one',
    async () => {
      const folder = fileURLToPath(new URL(`../apps/${name}`, import.meta.url))
      app = await startExample(folder, { STRIPE_WEBHOOK_SECRET: secret })
      const { output, post } = app
      const signed = paidInvoice('in_signed')
      const signature = signatureOf(signed, secret)

      expect(await post(signed, signature)).toBe(200)
      await expect.poll(output).toContain('access granted for in_signed')
      expect(await post(signed, signature)).toBe(200)
      expect(output().split('access granted for in_signed')).toHaveLength(2)

      expect(await post(paidInvoice('in_forged'), signature)).toBe(400)
      expect(output()).not.toContain('in_forged')
    },
    START_TIMEOUT_MS + 10_000,
  )
})
