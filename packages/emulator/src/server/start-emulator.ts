import { once } from 'node:events'
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { startStripeMock } from '@countersign/stripe-mock'
import { RequestLog } from '../api/request-log.ts'
import { StripeApi } from '../api/stripe-api.ts'
import { type Controlled, handleControl } from '../control/control.ts'
import { Account } from '../state/account.ts'
import { Upstream } from '../stripe-mock/forward.ts'
import { Deliveries } from '../webhooks/deliveries.ts'
import { errorAnswer, sendAnswer } from './answer.ts'
import { readRequest } from './read-request.ts'

export interface EmulatorOptions {
  /** The stripe-mock that validates every request; it runs already. Default: one is found and started. */
  readonly stripeMockUrl?: string
  /** Default `127.0.0.1`: nothing but this machine can reach it. */
  readonly host?: string
  /** Default 0: any free port. */
  readonly port?: number
  /** The API version that events name. Default: that of `stripe` 23.1, `2026-10-28.endive`. */
  readonly apiVersion?: string
  /** Waits before a webhook is sent again, in milliseconds. Default 1, 10 and 60 seconds: three tries more, as Stripe does in test mode, but sooner. */
  readonly retryDelaysMs?: readonly number[]
  /** How long an endpoint may take to answer a webhook, in milliseconds. Default 30,000. */
  readonly webhookTimeoutMs?: number
}

export interface Emulator {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string
  /** Ends the server, and the stripe-mock that it started. */
  readonly stop: () => Promise<void>
}

/**
 * Starts a stateful stand-in for Stripe in front of stripe-mock.
 *
 * @throws StripeMockError when stripe-mock cannot be had, or does not answer at `stripeMockUrl`.
 */
export async function startEmulator({
  stripeMockUrl,
  host = '127.0.0.1',
  port = 0,
  apiVersion = '2026-10-28.endive',
  retryDelaysMs = [1_000, 10_000, 60_000],
  webhookTimeoutMs = 30_000,
}: EmulatorOptions = {}): Promise<Emulator> {
  const stripeMock = await startStripeMock(
    stripeMockUrl === undefined
      ? {}
      : { env: { ...process.env, STRIPE_MOCK_URL: stripeMockUrl } },
  )
  const deliveries = new Deliveries({ retryDelaysMs, timeoutMs: webhookTimeoutMs })
  const account: Account = new Account(apiVersion, (event) =>
    deliveries.dispatch(event, account),
  )
  const upstream = new Upstream(stripeMock.url)
  const log = new RequestLog()
  const api = new StripeApi(account, upstream, log)
  const controlled: Controlled = {
    account,
    deliveries,
    log,
    stripeMockUrl: stripeMock.url,
  }

  const server = createServer((request, response) => {
    void answer(request, response, api, controlled)
  })
  async function stop(): Promise<void> {
    deliveries.close()
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeAllConnections()
    upstream.close()
    await Promise.all([closed, stripeMock.stop()])
  }
  try {
    await listen(server, port, host)
  } catch (error) {
    await stop()
    throw error
  }
  const address = server.address() as AddressInfo
  const name = host.includes(':') ? `[${host}]` : host
  return { url: `http://${name}:${address.port}`, stop }
}

async function answer(
  message: IncomingMessage,
  response: ServerResponse,
  api: StripeApi,
  controlled: Controlled,
): Promise<void> {
  try {
    const request = await readRequest(message)
    const isControl =
      request.path === '/_emulator' || request.path.startsWith('/_emulator/')
    sendAnswer(
      response,
      isControl ? await handleControl(request, controlled) : await api.handle(request),
    )
  } catch (error) {
    if (!response.headersSent && !response.destroyed) {
      sendAnswer(response, errorAnswer(error), { connection: 'close' })
    }
  }
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  server.listen(port, host)
  await once(server, 'listening')
}
