// Three days on which every webhook is refused, and what brings the events back: Stripe's own
// list of them, read over HTTP by the real package.
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  type Billing,
  createBilling,
  type MemoryTransaction,
  memoryStore,
  systemClock,
} from '@countersign/core'
import { type Emulator, startEmulator } from '@countersign/emulator'
import { webhook } from '@countersign/express'
import express from 'express-5'
import Stripe from 'stripe'
import { afterAll, afterEach, expect, it } from 'vitest'
import { closeServer } from '../targets/close-server.ts'

const SECRET = 'whsec_catch_up'
const HOUR = 3_600

let answer: RequestListener = (_, response) => response.writeHead(503).end()
const receiver = createServer((request, response) => answer(request, response))
receiver.listen(0, '127.0.0.1')
await once(receiver, 'listening')
const { port } = receiver.address() as AddressInfo

const emulator: Emulator = await startEmulator({
  seed: 'catch-up',
  retryDelaysMs: [1_000],
  webhookEndpoints: [{ url: `http://127.0.0.1:${port}/webhooks`, secret: SECRET }],
})
const stripe = new Stripe(emulator.secretKey, emulator.stripeConfig)
afterEach(() => emulator.reset())
afterAll(async () => {
  await emulator.stop()
  await closeServer(receiver)
})

/** A billing with a store of its own, and every event on which it has acted. */
function start(processing: 'inline' | 'durable') {
  const acted: string[] = []
  const effects: string[] = []
  const billing: Billing<MemoryTransaction> = createBilling({
    mode: 'test',
    stripe,
    webhookSecrets: [SECRET],
    store: memoryStore(),
    processing,
    // Webhooks are signed at this machine's time, whatever the emulator's clock says.
    toleranceSeconds: 1e9,
    clock: { ...systemClock, now: () => emulator.clock.now().getTime() },
    on: {
      'customer.created': async (event, context) => {
        acted.push(event.id)
        await context.transaction(() => {
          if (context.effect(`${event.data.object.id} welcomed`))
            effects.push(event.data.object.id)
        })
      },
    },
  })
  const route = express().post('/webhooks', webhook(billing)) as RequestListener
  const isUp = (up: boolean) => {
    answer = up ? route : (_, response) => response.writeHead(400).end()
  }
  return { billing, acted, effects, isUp }
}

async function createCustomers(count: number, account?: string): Promise<void> {
  const options = account === undefined ? {} : { stripeAccount: account }
  for (let i = 0; i < count; i += 1) {
    await stripe.customers.create({ name: `customer ${i}` }, options)
  }
  await emulator.settled()
}

/** The events that Stripe has, oldest first. */
async function created(account?: string): Promise<readonly string[]> {
  const params = { type: 'customer.created', limit: 100 }
  const options = account === undefined ? {} : { stripeAccount: account }
  const ids: string[] = []
  for await (const { id } of stripe.events.list(params, options)) ids.unshift(id)
  return ids
}

it.each(['inline', 'durable'] as const)(
  'everything that was refused for three days acts once (%s)',
  async (processing) => {
    const { billing, acted, effects, isUp } = start(processing)
    const drain = () => billing.worker.drain({ budgetMs: 60_000 })
    isUp(true)
    await createCustomers(2)
    await drain()
    expect(acted).toHaveLength(2)

    isUp(false)
    // More than a page in one second, and a few at other times.
    await createCustomers(130)
    for (let i = 0; i < 3; i += 1) {
      await emulator.clock.advance(24 * HOUR)
      await createCustomers(3)
    }
    expect(acted).toHaveLength(2)

    isUp(true)
    const progress: number[] = []
    const result = await billing.recovery.catchUp({
      onProgress: ({ missing }) => progress.push(missing),
    })
    await drain()
    const all = await created()
    expect(all).toHaveLength(141)
    expect(result).toMatchObject({ missing: 139, failed: 0, isComplete: true })
    expect(progress.at(-1)).toBe(139)
    expect(acted.toSorted()).toEqual(all.toSorted())
    expect(new Set(effects).size).toBe(141)
    expect(effects).toHaveLength(141)

    expect(await billing.recovery.catchUp({ since: 0 })).toMatchObject({
      seen: result.seen,
      missing: 0,
    })
    // Stripe delivers one of them after all.
    const body = new URLSearchParams({ event: all.at(-1) ?? '' })
    await fetch(`${emulator.url}/_emulator/deliveries/resend`, { method: 'POST', body })
    await emulator.settled()
    await drain()
    expect(acted).toHaveLength(141)
    expect(await billing.recovery.catchUp()).toMatchObject({ missing: 0 })
  },
)

it('the events of a connected account are read by its name', async () => {
  const { billing, acted } = start('inline')
  await createCustomers(1)
  await createCustomers(2, 'acct_connected')
  const account = 'acct_connected'
  expect(await billing.recovery.catchUp({ account })).toMatchObject({ missing: 2 })
  expect(acted).toEqual(await created(account))
  expect(await billing.recovery.catchUp()).toMatchObject({ missing: 1 })
  expect(await billing.recovery.catchUp({ account })).toMatchObject({ missing: 0 })
})
