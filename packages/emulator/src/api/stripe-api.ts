import { type Admission, IdempotencyKeys } from '../idempotency/idempotency.ts'
import { type Answer, errorAnswer, jsonAnswer } from '../server/answer.ts'
import type { ApiRequest } from '../server/read-request.ts'
import type { Account, EventRequest } from '../state/account.ts'
import { expand, expandPaths } from '../state/expand.ts'
import { newId } from '../state/ids.ts'
import type { Upstream } from '../stripe-mock/forward.ts'
import { authenticate } from './authenticate.ts'
import { type Params, parseParams } from './params.ts'
import type { RequestLog } from './request-log.ts'
import { createRouter, type RouteMatch } from './route.ts'
import { routes } from './routes.ts'
import { StripeError } from './stripe-error.ts'

/** An answer, and what the log and the idempotency layer need to know about how it came about. */
interface Execution {
  readonly answer: Answer
  /** Whether a later request with the same key gets this answer: not when execution had not begun. */
  readonly isSaved: boolean
  readonly isRefusedByStripeMock: boolean
}

/** The API of one account: authentication, idempotency, validation by stripe-mock, then the model. */
export class StripeApi {
  readonly #account: Account
  readonly #upstream: Upstream
  readonly #log: RequestLog
  readonly #keys = new IdempotencyKeys()
  readonly #match = createRouter(routes)

  constructor(account: Account, upstream: Upstream, log: RequestLog) {
    this.#account = account
    this.#upstream = upstream
    this.#log = log
  }

  /** Answers one request. Never rejects. */
  async handle(request: ApiRequest): Promise<Answer> {
    const id = newId('req')
    const idempotencyKey = headerOf(request, 'idempotency-key')
    const params = parseParams(
      request.method === 'POST' ? request.body.toString() : request.search.slice(1),
    )
    let admission: Admission | undefined
    let execution: Execution
    try {
      const key = authenticate(request)
      admission = this.#admit(request, idempotencyKey, key, params)
      execution =
        admission?.kind === 'replay'
          ? { answer: admission.answer, isSaved: false, isRefusedByStripeMock: false }
          : await this.#execute(request, params, id, idempotencyKey)
    } catch (error) {
      execution = {
        answer: errorAnswer(error),
        isSaved: false,
        isRefusedByStripeMock: false,
      }
    }
    const isReplay = admission?.kind === 'replay'
    const answer = isReplay
      ? {
          ...execution.answer,
          headers: { ...execution.answer.headers, 'idempotent-replayed': 'true' },
        }
      : withOrigin(execution.answer, id, idempotencyKey)
    if (admission?.kind === 'execute') admission.finish(answer, execution.isSaved)
    this.#log.add({
      id,
      method: request.method,
      path: request.path,
      search: request.search,
      params,
      idempotencyKey,
      stripeVersion: headerOf(request, 'stripe-version'),
      status: answer.status,
      isReplay,
      isRefusedByStripeMock: execution.isRefusedByStripeMock,
      objectId: idOf(answer),
    })
    const version = headerOf(request, 'stripe-version') ?? this.#account.apiVersion
    return {
      ...answer,
      headers: { ...answer.headers, 'request-id': id, 'stripe-version': version },
    }
  }

  #admit(
    { method, path, headers }: ApiRequest,
    key: string | null,
    apiKey: string,
    params: Params,
  ): Admission | undefined {
    // v2 has other rules; on GET and DELETE a key means nothing.
    if (method !== 'POST' || key === null || !path.startsWith('/v1/')) return undefined
    const scope = `${apiKey}\n${String(headers['stripe-account'] ?? '')}`
    return this.#keys.admit({ scope, key, path, params })
  }

  async #execute(
    request: ApiRequest,
    params: Params,
    id: string,
    idempotencyKey: string | null,
  ): Promise<Execution> {
    const checked = await this.#upstream.forward(request)
    if (checked.status >= 400) {
      const isSaved = checked.status >= 500
      return { answer: checked, isSaved, isRefusedByStripeMock: true }
    }
    const match = this.#match(request.method, request.path)
    return match === undefined
      ? { answer: checked, isSaved: true, isRefusedByStripeMock: false }
      : this.#run(match, params, { id, idempotency_key: idempotencyKey })
  }

  #run({ route, ids }: RouteMatch, params: Params, request: EventRequest): Execution {
    try {
      const paths = expandPaths(params)
      const result = route.run({ account: this.#account, ids, params, request })
      const answer = expand(result, paths, (objectId) => this.#account.find(objectId))
      return {
        answer: jsonAnswer(200, answer),
        isSaved: true,
        isRefusedByStripeMock: false,
      }
    } catch (error) {
      // A decline, a 400 after execution began and a 500 are answers like any other.
      const isSaved = !(error instanceof StripeError && error.isBeforeExecution)
      return { answer: errorAnswer(error), isSaved, isRefusedByStripeMock: false }
    }
  }
}

/** Headers that a saved answer keeps when it is replayed. */
function withOrigin(answer: Answer, id: string, idempotencyKey: string | null): Answer {
  if (idempotencyKey === null) return answer
  return {
    ...answer,
    headers: {
      ...answer.headers,
      'idempotency-key': idempotencyKey,
      'original-request': id,
    },
  }
}

function headerOf({ headers }: ApiRequest, name: string): string | null {
  const value = headers[name]
  return typeof value === 'string' ? value : null
}

function idOf({ body }: Answer): string | null {
  return /^\s*\{\s*"id":\s*"([^"]+)"/.exec(body.toString())?.[1] ?? null
}
