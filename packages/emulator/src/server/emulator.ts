import type { LoggedRequest } from '../api/request-log.ts'
import type { BillingSettings } from '../state/world.ts'
import type { EndpointOptions } from '../webhooks/add-given-endpoint.ts'
import type { DeliveryAttempt } from '../webhooks/delivery-attempt.ts'

export interface EmulatorOptions {
  /** The stripe-mock that validates every request; it runs already. Default: one is found and started. */
  readonly stripeMockUrl?: string
  /** Default `127.0.0.1`: nothing but this machine can reach it. */
  readonly host?: string
  /** Default 0: any free port. */
  readonly port?: number
  /** The API version of events and of requests that name none. Default: that of `stripe` 23.1, `2026-10-28.endive`. */
  readonly apiVersion?: string
  /** Makes ids the same in every run, and the clock stand still at 2026-01-01 unless `startAt` says otherwise. */
  readonly seed?: number | string
  /** When the emulator's clock begins. Default: now, or with a seed 2026-01-01T00:00:00Z. */
  readonly startAt?: Date
  /** Whether the clock moves only when it is told to. Default: only with a seed. */
  readonly isFrozen?: boolean
  readonly billing?: Partial<BillingSettings>
  /** How many events are kept; older ones are forgotten. Default 200,000, of less than 1 kB each. */
  readonly eventRetention?: number
  /** Webhook endpoints that are there from the beginning, and again after a reset. Default: none. */
  readonly webhookEndpoints?: readonly EndpointOptions[]
  /** Waits before a webhook is sent again, in milliseconds of the emulator's clock. Default 1, 10 and 60 seconds: three tries more, as Stripe does in test mode, but sooner. */
  readonly retryDelaysMs?: readonly number[]
  /** How long an endpoint may take to answer a webhook, in milliseconds. Default 30,000. */
  readonly webhookTimeoutMs?: number
  /** Of how many requests and webhooks something goes wrong by chance, from 0 to 1; with a seed, the same ones every time. Default 0. */
  readonly faultRate?: number
  /** Told of each request to the API as soon as it is answered. */
  readonly onRequest?: (request: LoggedRequest) => void
  /** Told of each attempt to deliver a webhook as soon as it is over. */
  readonly onDelivery?: (attempt: DeliveryAttempt) => void
  /** Told what is done while stripe-mock takes long to be had: one line each. Default: nobody is. */
  readonly onProgress?: (line: string) => void
  /** Told when stripe-mock has crashed, when it runs again, and of a defect of the emulator itself. Default: a warning of the process. */
  readonly onProblem?: (line: string) => void
}

export interface Emulator {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string
  /** A secret API key. Any other of test mode will do as well. */
  readonly secretKey: string
  /** The key of a buyer's browser. */
  readonly publishableKey: string
  /** What leads the `stripe` package here: `new Stripe(emulator.secretKey, emulator.stripeConfig)`. */
  readonly stripeConfig: StripeConfig
  /** The one clock of the whole emulator. */
  readonly clock: EmulatorClock
  /** Resolves when no webhook is under way: each has been answered, waits for its time, or is held. */
  readonly settled: () => Promise<void>
  /** Forgets everything, the endpoints that were registered since included; the clock and the seed begin anew. */
  readonly reset: () => void
  /** Ends the server, and the stripe-mock that it started. */
  readonly stop: () => Promise<void>
}

/** Of the options of the `stripe` package, those that name a server. */
export interface StripeConfig {
  readonly host: string
  readonly port: number
  readonly protocol: 'http'
}

export interface EmulatorClock {
  readonly now: () => Date
  /** Moves on, and runs everything that is due on the way. Resolves when that is done; webhooks may still be under way. */
  readonly advance: (seconds: number) => Promise<void>
  readonly advanceTo: (time: Date) => Promise<void>
}
