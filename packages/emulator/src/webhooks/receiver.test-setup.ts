// An application's webhook endpoint, on a real socket.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type Stripe from 'stripe'
import { onTestFinished, vi } from 'vitest'

export interface Received {
  readonly body: string
  readonly event: Stripe.Event
  readonly signature: string
}

export interface Receiver {
  readonly url: string
  /** In the order of their arrival. */
  readonly received: readonly Received[]
  /** Resolves when so many have arrived. */
  readonly atLeast: (count: number) => Promise<readonly Received[]>
  readonly types: () => string[]
}

/** Asks again until it holds: webhooks come when they come. */
export function eventually<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: 10_000, interval: 5 })
}

/** Answers 200 unless told otherwise. Ends with the test. */
export async function startReceiver(
  answer: (
    response: ServerResponse,
    received: Received,
    request: IncomingMessage,
  ) => void = (response) => {
    response.end()
  },
): Promise<Receiver> {
  const received: Received[] = []
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const chunk of request) body += chunk
    const signature = String(request.headers['stripe-signature'])
    const one = { body, event: JSON.parse(body) as Stripe.Event, signature }
    received.push(one)
    answer(response, one, request)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/hook`,
    received,
    async atLeast(count) {
      await vi.waitUntil(() => received.length >= count, { timeout: 10_000, interval: 2 })
      return received
    },
    types: () => received.map(({ event }) => event.type),
  }
}
