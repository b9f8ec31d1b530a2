// One emulator for the test file that imports this, and what tests ask of it.
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import Stripe from 'stripe'
import { afterAll, expect } from 'vitest'
import { type Emulator, startEmulator } from './index.ts'

export const emulator: Emulator = await startEmulator({ retryDelaysMs: [5, 5] })
afterAll(() => emulator.stop())

/** The real package, as an application would use it. */
export const stripe: Stripe = clientOf(emulator)

export function clientOf({ url }: Emulator, apiKey = 'sk_test_emulator'): Stripe {
  const { hostname, port } = new URL(url)
  return new Stripe(apiKey, {
    host: hostname,
    port,
    protocol: 'http',
    maxNetworkRetries: 0,
  })
}

export async function control(
  path: string,
  params: Record<string, string> = {},
): Promise<unknown> {
  const response = await fetch(`${emulator.url}/_emulator/${path}`, {
    method: 'POST',
    body: new URLSearchParams(params),
  })
  return response.json()
}

/** What the SDK throws, or a failure of the test when it does not. */
export async function errorOf(
  promise: Promise<unknown>,
): Promise<Stripe.errors.StripeError> {
  return promise.then(
    () => expect.fail('it did not throw'),
    (error: unknown) => error as Stripe.errors.StripeError,
  )
}

/** What a payment needs beside its card. */
export const payment = { amount: 2_000, currency: 'eur', confirm: true } as const

export async function cardByNumber(number: string): Promise<string> {
  const { id } = await stripe.paymentMethods.create({
    type: 'card',
    card: { number, exp_month: 12, exp_year: 2040, cvc: '123' },
  })
  return id
}

/** The types of the events about a payment intent, oldest first. */
export async function eventTypes(intentId: string): Promise<string[]> {
  const { data } = await stripe.events.list({ limit: 100 })
  return data
    .filter(({ data: { object } }) => {
      const { id, payment_intent } = object as { id?: string; payment_intent?: string }
      return id === intentId || payment_intent === intentId
    })
    .map(({ type }) => type)
    .reverse()
}

/** Calls itself stripe-mock, and answers what it is told to. */
export async function startStub(answer: RequestListener) {
  const server = createServer((request, response) => {
    response.setHeader('stripe-mock-version', 'master')
    answer(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() }
}
