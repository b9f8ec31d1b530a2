// Starts every example in apps/ with the command that its README names, and sends it one
// signed and one forged event; to one of them the emulator then sells a subscription.
import { fileURLToPath } from 'node:url'
import Stripe from 'stripe-23'
import { afterEach, describe, expect, it } from 'vitest'
import { freePort } from '../conformance/src/runner/free-port.ts'
import { startForMachines } from '../packages/emulator/src/cli/command-line.test-setup.ts'
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

describe('apps/express, with countersign-emulator --forward-to', () => {
  it(
    'grants access to what was bought on a checkout page, and again a month later',
    async () => {
      const port = String(await freePort())
      const forwardTo = `localhost:${port}/webhooks/stripe`
      const emulator = await startForMachines(['--seed', '1', '--forward-to', forwardTo])
      const { secretKey, stripeConfig, webhookSecret } = emulator.started
      app = await startExample(
        fileURLToPath(new URL('../apps/express', import.meta.url)),
        {
          PORT: port,
          STRIPE_WEBHOOK_SECRET: webhookSecret ?? '',
        },
      )
      const grants = () => app?.output().match(/^access granted for in_\w+$/gm)

      const stripe = new Stripe(secretKey, { ...stripeConfig })
      const { url } = await stripe.checkout.sessions.create({
        mode: 'subscription',
        success_url: 'https://shop.example/done',
        line_items: [
          {
            quantity: 1,
            price_data: {
              currency: 'eur',
              product_data: { name: 'Pro' },
              recurring: { interval: 'month' },
              unit_amount: 2_000,
            },
          },
        ],
      })
      const paid = await fetch(url ?? '', {
        method: 'POST',
        redirect: 'manual',
        body: new URLSearchParams({
          email: 'ada@shop.example',
          card: '4242 4242 4242 4242',
          expiry: '12 / 40',
          cvc: '123',
          name: 'Ada Lovelace',
        }),
      })
      expect(paid.headers.get('location')).toBe('https://shop.example/done')
      await expect.poll(grants).toHaveLength(1)

      // A renewal is a draft for an hour before it is paid.
      const { stdout } = await emulator.command('clock', 'advance', '1mo 2h', '--settle')
      expect(stdout).toContain('2026-02-01 02:00:00')
      await expect.poll(grants).toHaveLength(2)
      const invoices = (await stripe.invoices.list()).data.toReversed()
      expect(
        invoices.map(({ status, billing_reason }) => [billing_reason, status]),
      ).toEqual([
        ['subscription_create', 'paid'],
        ['subscription_cycle', 'paid'],
      ])
      expect(grants()).toEqual(invoices.map(({ id }) => `access granted for ${id}`))
    },
    START_TIMEOUT_MS + 30_000,
  )
})
