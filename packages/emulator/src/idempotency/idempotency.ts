// `Idempotency-Key`. Source: https://docs.stripe.com/api/idempotent_requests and
// https://docs.stripe.com/error-low-level for v1, https://docs.stripe.com/api-v2-overview
// for v2; the wording of the refusals is from recorded answers of the API.
import { createHash } from 'node:crypto'
import type { Params, ParamValue } from '../api/params.ts'
import { invalidRequest, StripeError } from '../api/stripe-error.ts'
import type { Answer } from '../server/answer.ts'
import type { Timeline } from '../state/timeline.ts'

/** How long keys are kept, in seconds on the emulator's clock. */
const RETENTION = 24 * 60 * 60
const RETENTION_V2 = 30 * RETENTION
const MAX_KEY_LENGTH = 255
/** Stripe forgets no key before its time. Here the oldest go beyond this many, of about 5 kB each, so that a clock that stands still does not fill the memory. */
const CAPACITY = 20_000

export interface KeyedRequest {
  /** Keys of different accounts do not meet. */
  readonly scope: string
  readonly key: string
  readonly method: string
  readonly path: string
  readonly params: Params
  /** Of API v2, where a request that failed is executed again. */
  readonly isV2: boolean
}

interface Saved {
  readonly isV2: boolean
  readonly endpoint: string
  readonly path: string
  /** Of the parameters: they may be large, and are only compared. */
  readonly digest: string
  /** Seconds since 1970-01-01 UTC. */
  readonly until: number
  answer: Answer | undefined
}

/** What to do with a request that carries a key. */
export type Admission =
  | { readonly kind: 'replay'; readonly answer: Answer }
  | {
      readonly kind: 'execute'
      /** Keeps the answer for later requests, or forgets the key when the answer is not one that Stripe saves. */
      readonly finish: (answer: Answer, isSaved: boolean) => void
    }

export class IdempotencyKeys {
  readonly #timeline: Timeline
  /** Oldest first; apart, since they are kept for different times. */
  readonly #v1 = new Map<string, Saved>()
  readonly #v2 = new Map<string, Saved>()

  /** @param timeline The clock on which keys grow old. */
  constructor(timeline: Timeline) {
    this.#timeline = timeline
  }

  /** @throws StripeError 400 for other parameters or another endpoint, 409 while the first request runs */
  admit(request: KeyedRequest): Admission {
    const { scope, key, method, path, params, isV2 } = request
    if (key.length > MAX_KEY_LENGTH) {
      throw invalidRequest(
        `Idempotency keys can be at most ${MAX_KEY_LENGTH} characters long; this one has ${key.length}.`,
      )
    }
    const keys = isV2 ? this.#v2 : this.#v1
    const id = `${scope}\n${key}`
    const now = this.#timeline.now()
    prune(keys, now)
    const endpoint = `${method} ${path}`
    const digest = digestOf(params)
    const saved = keys.get(id)
    if (saved === undefined || now >= saved.until) {
      const until = now + (isV2 ? RETENTION_V2 : RETENTION)
      const entry: Saved = { isV2, endpoint, path, digest, until, answer: undefined }
      keys.delete(id)
      keys.set(id, entry)
      return {
        kind: 'execute',
        finish: (answer, isSaved) => finish(keys, id, entry, answer, isSaved),
      }
    }
    if (saved.answer === undefined) throw inProgress(key)
    if (saved.endpoint !== endpoint) throw otherEndpoint(path, saved.path, key)
    if (saved.digest !== digest) throw otherParameters(key)
    return { kind: 'replay', answer: saved.answer }
  }
}

function finish(
  keys: Map<string, Saved>,
  id: string,
  entry: Saved,
  answer: Answer,
  isSaved: boolean,
): void {
  // In v2 what failed is executed again.
  if (isSaved && !(entry.isV2 && answer.status >= 400)) entry.answer = answer
  else if (keys.get(id) === entry) keys.delete(id)
}

/** Forgets keys that are too old, or too many, from the oldest on; never one whose request runs. */
function prune(keys: Map<string, Saved>, now: number): void {
  let tooMany = keys.size - CAPACITY
  for (const [id, { until, answer }] of keys) {
    if (now < until && tooMany <= 0) return
    tooMany -= 1
    if (answer !== undefined) keys.delete(id)
  }
}

/** The order in which parameters are sent does not matter. */
function digestOf(params: Params): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(params)))
    .digest('base64')
}

function sorted(value: ParamValue): unknown {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map(sorted)
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, inner]) => ({ name, inner: sorted(inner ?? '') }))
}

function inProgress(key: string): StripeError {
  // The type is inferred (unverified against Stripe); clients go by the status and the code.
  return invalidRequest(
    `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`,
    { code: 'idempotency_key_in_use', status: 409 },
  )
}

function otherEndpoint(path: string, firstPath: string, key: string): StripeError {
  return new StripeError(400, {
    type: 'idempotency_error',
    message: `Keys for idempotent requests can only be used for the same endpoint they were first used for ('${path}' vs '${firstPath}'). Try using a key other than '${key}' if you meant to execute a different request.`,
  })
}

function otherParameters(key: string): StripeError {
  return new StripeError(400, {
    type: 'idempotency_error',
    message: `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request.`,
  })
}
