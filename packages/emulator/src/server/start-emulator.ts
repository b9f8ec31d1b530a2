import { once } from 'node:events'
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import process from 'node:process'
import { followIntent } from '../billing/collect.ts'
import { followInvoice } from '../billing/follow-invoice.ts'
import { followPendingSetup } from '../billing/save-payment-method.ts'
import { followPaymentIntent, followSetupIntent } from '../checkout/follow-intents.ts'
import { handleControl } from '../control/control.ts'
import { handlePage } from '../pages/handle-page.ts'
import type { BillingSettings, Observers } from '../state/world.ts'
import { type Source, Upstream } from '../stripe-mock/forward.ts'
import { openStripeMock } from '../stripe-mock/open-stripe-mock.ts'
import type { Description } from '../validation/description.ts'
import { Validator } from '../validation/validator.ts'
import { errorAnswer, sendAnswer } from './answer.ts'
import type { Emulator, EmulatorOptions } from './emulator.ts'
import { readRequest } from './read-request.ts'
import { createStage, type Stage } from './stage.ts'

/** 2026-01-01T00:00:00Z, in seconds. */
const SEEDED_START = 1_767_225_600

const BILLING: BillingSettings = {
  retryDays: [1, 1, 1, 2, 2, 2, 2, 3],
  afterRetries: 'cancel',
  automations: false,
  upcomingDays: 7,
}

/** In order: a subscription is paid before the Checkout Session that sold it is complete. */
const observers: Observers = {
  onInvoice: [followInvoice],
  onPaymentIntent: [followIntent, followPaymentIntent],
  onSetupIntent: [followPendingSetup, followSetupIntent],
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
  seed,
  startAt,
  isFrozen = seed !== undefined,
  billing = {},
  eventRetention = 200_000,
  retryDelaysMs = [1_000, 10_000, 60_000],
  webhookTimeoutMs = 30_000,
  faultRate = 0,
  webhookEndpoints = [],
  onRequest = () => {},
  onDelivery = () => {},
  onProgress = () => {},
  onProblem = warn,
}: EmulatorOptions = {}): Promise<Emulator> {
  const stripeMock = await openStripeMock({
    url: stripeMockUrl,
    onProblem,
    onProgress,
  })
  const { description } = stripeMock
  const onError = (error: unknown) =>
    onProblem(error instanceof Error ? (error.stack ?? error.message) : String(error))
  const upstream = new Upstream(stripeMock)
  const validator = new Validator(upstream, description)
  let stage: Stage | undefined
  const server = createServer((request, response) => {
    if (stage === undefined) response.destroy()
    else
      void answer(request, response, stage, { description, stripeMock, upstream, reset })
  })
  async function stop(): Promise<void> {
    stage?.close()
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeAllConnections()
    upstream.close()
    await Promise.all([closed, stripeMock.close()])
  }
  try {
    await listen(server, port, host)
  } catch (error) {
    await stop()
    throw error
  }
  const address = server.address() as AddressInfo
  const name = host.includes(':') ? `[${host}]` : host
  const url = `http://${name}:${address.port}`
  const begin = (): Stage =>
    createStage({
      world: {
        url,
        observers,
        apiVersion,
        seed,
        startAt:
          startAt !== undefined
            ? startAt.getTime() / 1000
            : seed === undefined
              ? Date.now() / 1000
              : SEEDED_START,
        isRunning: !isFrozen,
        billing: { ...BILLING, ...billing },
        eventRetention,
        onError,
      },
      deliveries: {
        retryDelaysMs,
        timeoutMs: webhookTimeoutMs,
        onAttempt: shielded(onDelivery, onError),
      },
      endpoints: webhookEndpoints,
      onRequest: shielded(onRequest, onError),
      faultRate,
      validator,
    })
  function reset(): void {
    stage?.close()
    stage = begin()
  }
  try {
    stage = begin()
  } catch (error) {
    await stop()
    throw error
  }
  const timeline = () => (stage as Stage).world.timeline
  return {
    url,
    secretKey: 'sk_test_emulator',
    publishableKey: 'pk_test_emulator',
    stripeConfig: { host, port: address.port, protocol: 'http' },
    clock: {
      now: () => new Date(timeline().exactNow() * 1000),
      advance: (seconds) => timeline().advanceTo(timeline().exactNow() + seconds),
      advanceTo: (time) => timeline().advanceTo(time.getTime() / 1000),
    },
    settled: () => (stage as Stage).deliveries.settled(),
    reset,
    stop,
  }
}

/** What outlives a reset. */
interface Surroundings {
  readonly description: Description
  readonly stripeMock: Source
  readonly upstream: Upstream
  readonly reset: () => void
}

async function answer(
  message: IncomingMessage,
  response: ServerResponse,
  stage: Stage,
  { description, stripeMock, upstream, reset }: Surroundings,
): Promise<void> {
  try {
    const request = await readRequest(message)
    const isControl =
      request.path === '/_emulator' || request.path.startsWith('/_emulator/')
    sendAnswer(
      response,
      isControl
        ? await handleControl(request, {
            ...stage,
            account: stage.world.platform,
            description,
            reset,
            stripeMockUrl: await stripeMock.url(),
            upstream,
          })
        : (handlePage(request, stage.world) ?? (await stage.api.handle(request))),
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

/** What a listener throws harms nothing else. */
function shielded<T>(
  listener: (value: T) => void,
  onError: (error: unknown) => void,
): (value: T) => void {
  return (value) => {
    try {
      listener(value)
    } catch (error) {
      onError(error)
    }
  }
}

function warn(line: string): void {
  process.emitWarning(line, 'EmulatorWarning')
}
