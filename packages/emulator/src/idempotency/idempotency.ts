// `Idempotency-Key` on v1 POSTs. Source: https://docs.stripe.com/api/idempotent_requests
// and https://docs.stripe.com/error-low-level; the wording of the refusals is from
// recorded answers of the API.
import { isDeepStrictEqual } from 'node:util'
import type { Params } from '../api/params.ts'
import { invalidRequest, StripeError } from '../api/stripe-error.ts'
import type { Answer } from '../server/answer.ts'

/** Keys may be forgotten once they are this old, in milliseconds. */
const RETENTION_MS = 24 * 60 * 60 * 1000
const MAX_KEY_LENGTH = 255

export interface KeyedRequest {
  /** Keys of different accounts and API keys do not meet. */
  readonly scope: string
  readonly key: string
  readonly path: string
  readonly params: Params
}

interface Saved extends KeyedRequest {
  readonly since: number
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
  readonly #saved = new Map<string, Saved>()

  /** @throws StripeError 400 for other parameters or another endpoint, 409 while the first request runs */
  admit(request: KeyedRequest): Admission {
    const { scope, key, path, params } = request
    if (key.length > MAX_KEY_LENGTH) {
      throw invalidRequest(
        `Idempotency keys can be at most ${MAX_KEY_LENGTH} characters long; this one has ${key.length}.`,
      )
    }
    const id = `${scope}\n${key}`
    const now = Date.now()
    const saved = this.#saved.get(id)
    if (saved === undefined || now - saved.since > RETENTION_MS) {
      const entry: Saved = { ...request, since: now, answer: undefined }
      this.#saved.set(id, entry)
      return {
        kind: 'execute',
        finish: (answer, isSaved) => this.#finish(id, entry, answer, isSaved),
      }
    }
    if (saved.answer === undefined) throw inProgress(key)
    if (saved.path !== path) throw otherEndpoint(path, saved.path, key)
    if (!isDeepStrictEqual(saved.params, params)) throw otherParameters(key)
    return { kind: 'replay', answer: saved.answer }
  }

  #finish(id: string, entry: Saved, answer: Answer, isSaved: boolean): void {
    if (isSaved) entry.answer = answer
    else this.#saved.delete(id)
  }
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
