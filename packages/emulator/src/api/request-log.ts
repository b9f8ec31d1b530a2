import type { Params } from './params.ts'

/** What one call to the API looked like: what the emulator can be asked to judge a caller by. */
export interface LoggedRequest {
  /** `req_…` */
  readonly id: string
  readonly method: string
  readonly path: string
  /** The query string as it came, with the `?`, or empty. */
  readonly search: string
  /** Of the body for a POST, else of the query. */
  readonly params: Params
  readonly idempotencyKey: string | null
  readonly stripeVersion: string | null
  readonly status: number
  readonly isReplay: boolean
  /** stripe-mock refused its parameters. */
  readonly isRefusedByStripeMock: boolean
  /** The id of the object that was answered. */
  readonly objectId: string | null
}

const CAPACITY = 10_000

/** The last requests, oldest first. */
export class RequestLog {
  readonly #requests: LoggedRequest[] = []

  add(request: LoggedRequest): void {
    this.#requests.push(request)
    if (this.#requests.length > CAPACITY) this.#requests.shift()
  }

  all(): readonly LoggedRequest[] {
    return this.#requests
  }
}
