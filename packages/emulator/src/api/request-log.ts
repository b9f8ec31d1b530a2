import type { Params } from './params.ts'

/** What one call to the API looked like: what the emulator can be asked to judge a caller by. */
export interface LoggedRequest {
  /** `req_…` */
  readonly id: string
  /** When it was answered: seconds since 1970-01-01 UTC, on the emulator's clock. */
  readonly at: number
  readonly method: string
  readonly path: string
  /** The query string as it came, with the `?`, or empty. */
  readonly search: string
  /** Of the body for a POST, else of the query; none of them when they are longer than 32 kB. */
  readonly params: Params
  readonly idempotencyKey: string | null
  readonly stripeVersion: string | null
  readonly status: number
  readonly isReplay: boolean
  /** stripe-mock refused its parameters. */
  readonly isRefusedByStripeMock: boolean
  /** The id of the object that was answered. */
  readonly objectId: string | null
  /** The `code` of the error that was answered, or its `type` when it has none. */
  readonly errorCode: string | null
  /** How long it took, in milliseconds of the real clock. */
  readonly durationMs: number
}

const CAPACITY = 10_000

/** The last requests, oldest first. */
export class RequestLog {
  readonly #requests: LoggedRequest[] = []
  readonly #onRequest: (request: LoggedRequest) => void

  /** @param onRequest Told of each as soon as it is answered. */
  constructor(onRequest: (request: LoggedRequest) => void = () => {}) {
    this.#onRequest = onRequest
  }

  add(request: LoggedRequest): void {
    this.#requests.push(request)
    if (this.#requests.length > CAPACITY) this.#requests.shift()
    this.#onRequest(request)
  }

  all(): readonly LoggedRequest[] {
    return this.#requests
  }
}
