import { expand, expandPaths } from '../expand/expand.ts'
import type { ApiFaults } from '../faults/api-faults.ts'
import { type Admission, IdempotencyKeys } from '../idempotency/idempotency.ts'
import { render } from '../render/render.ts'
import { type Answer, errorAnswer, jsonAnswer } from '../server/answer.ts'
import type { ApiRequest } from '../server/read-request.ts'
import type { Account } from '../state/account.ts'
import type { World } from '../state/world.ts'
import type { Validator } from '../validation/validator.ts'
import { type ApiKey, authenticate, expectSecret } from './authenticate.ts'
import { type Params, parseParams } from './params.ts'
import type { RequestLog } from './request-log.ts'
import { createRouter, type Route, type RouteMatch } from './route.ts'
import { routes } from './routes.ts'
import { StripeError } from './stripe-error.ts'

/** An answer, and what the log and the idempotency layer need to know about how it came about. */
interface Execution {
  readonly answer: Answer
  /** Whether a later request with the same key gets this answer: not when execution had not begun. */
  readonly isSaved: boolean
  readonly isRefusedByStripeMock: boolean
}

export interface StripeApiOptions {
  readonly world: World
  readonly validator: Validator
  readonly faults: ApiFaults
  readonly log: RequestLog
}

const match = createRouter(routes)

/** Parameters that are longer, in characters, are answered and not remembered. */
const LONGEST_LOGGED = 32_768

/** What Stripe answers at its own address: authentication, idempotency, validation by stripe-mock, then the model. */
export class StripeApi {
  readonly #options: StripeApiOptions
  readonly #keys: IdempotencyKeys

  constructor(options: StripeApiOptions) {
    this.#options = options
    this.#keys = new IdempotencyKeys(options.world.timeline)
  }

  /** Answers one request. Never rejects. */
  async handle(request: ApiRequest): Promise<Answer> {
    const { world, faults, log } = this.#options
    const began = performance.now()
    const id = world.random.id('req')
    const idempotencyKey = this.#keyOf(request)
    const encoded = encodedParams(request)
    const params = parseParams(encoded)
    let admission: Admission | undefined
    let execution: Execution
    const fault = faults.take(request, params)
    try {
      const key = authenticate(request)
      const account = this.#accountOf(request)
      fault?.before()
      admission = this.#admit(request, idempotencyKey, account, params)
      if (admission?.kind === 'replay') {
        execution = { ...refusal(admission.answer), isSaved: true }
      } else {
        fault?.during()
        execution = await this.#execute(request, params, key, account, {
          id,
          idempotency_key: idempotencyKey,
        })
      }
    } catch (error) {
      const isSaved =
        error instanceof StripeError && error.status >= 500 && !error.isBeforeExecution
      execution = { ...refusal(errorAnswer(error)), isSaved }
      if (!(error instanceof StripeError)) world.onError(error)
    }
    const isReplay = admission?.kind === 'replay'
    const answer = isReplay
      ? withHeaders(execution.answer, { 'idempotent-replayed': 'true' })
      : withOrigin(execution, id, idempotencyKey)
    if (admission?.kind === 'execute') admission.finish(answer, execution.isSaved)
    log.add({
      id,
      at: world.timeline.now(),
      method: request.method,
      path: request.path,
      search: request.search,
      params: encoded.length > LONGEST_LOGGED ? {} : params,
      idempotencyKey,
      stripeVersion: headerOf(request, 'stripe-version'),
      status: answer.status,
      isReplay,
      isRefusedByStripeMock: execution.isRefusedByStripeMock,
      objectId: answer.objectId ?? idIn(answer),
      errorCode: errorCodeOf(answer),
      durationMs: performance.now() - began,
    })
    const version = headerOf(request, 'stripe-version') ?? world.apiVersion
    const headers = { 'request-id': id, 'stripe-version': version }
    return { ...withHeaders(answer, headers), ...fault?.after() }
  }

  /** That of the request; in v2 the server makes one when there is none. */
  #keyOf(request: ApiRequest): string | null {
    const { method, path } = request
    const key = headerOf(request, 'idempotency-key')
    const isMade =
      key === null && isOfV2(path) && (method === 'POST' || method === 'DELETE')
    return isMade ? this.#options.world.random.uuid() : key
  }

  #accountOf(request: ApiRequest): Account {
    const { world } = this.#options
    const id = headerOf(request, 'stripe-account')
    if (id === null) return world.platform
    if (/^acct_\w+$/.test(id)) return world.account(id)
    throw new StripeError(403, {
      type: 'invalid_request_error',
      code: 'account_invalid',
      message: `The provided key does not have access to account '${id}' (or that account does not exist). Application access may have been revoked.`,
    })
  }

  #admit(
    { method, path }: ApiRequest,
    key: string | null,
    account: Account,
    params: Params,
  ): Admission | undefined {
    const isV2 = isOfV2(path)
    // On a GET a key means nothing; on a DELETE only in v2.
    if (key === null || !(method === 'POST' || (isV2 && method === 'DELETE')))
      return undefined
    return this.#keys.admit({ scope: account.id, key, method, path, params, isV2 })
  }

  async #execute(
    request: ApiRequest,
    params: Params,
    key: ApiKey,
    account: Account,
    cause: { readonly id: string; readonly idempotency_key: string | null },
  ): Promise<Execution> {
    const matched = match(request.method, request.path)
    if (!matched?.route.isForBrowsers) expectSecret(key)
    const { validator } = this.#options
    const checked = await validator.check(request, matched?.route.operation, params)
    if (checked !== undefined && checked.status >= 400) {
      return {
        answer: checked,
        isSaved: checked.status >= 500,
        isRefusedByStripeMock: true,
      }
    }
    if (matched !== undefined)
      return this.#run(request, matched, params, key, account, cause)
    if (checked === undefined)
      throw new TypeError(`${request.path} was neither modelled nor asked for`)
    return { answer: checked, isSaved: true, isRefusedByStripeMock: false }
  }

  #run(
    request: ApiRequest,
    { route, ids }: RouteMatch<Route>,
    params: Params,
    key: ApiKey,
    account: Account,
    cause: { readonly id: string; readonly idempotency_key: string | null },
  ): Execution {
    const { world } = this.#options
    const version = headerOf(request, 'stripe-version') ?? world.apiVersion
    const show = (value: unknown) => render(value, version, account)
    try {
      const paths = expandPaths(params)
      const { timeline } = world
      const result = route.run({
        account,
        timeline,
        request: cause,
        ids,
        params,
        isPublishable: key.isPublishable,
      })
      const answer = jsonAnswer(200, expand(show(result), paths, account, show))
      return { answer, isSaved: true, isRefusedByStripeMock: false }
    } catch (error) {
      if (!(error instanceof StripeError)) world.onError(error)
      // A decline, a 400 after execution began and a 500 are answers like any other.
      const isSaved = !(error instanceof StripeError && error.isBeforeExecution)
      return { ...refusal(errorAnswer(error, show)), isSaved }
    }
  }
}

function isOfV2(path: string): boolean {
  return path.startsWith('/v2/')
}

function refusal(answer: Answer): Execution {
  return { answer, isSaved: false, isRefusedByStripeMock: false }
}

/** Headers that a saved answer keeps when it is replayed. One that is kept is no better when it is asked for again. */
function withOrigin(
  { answer, isSaved }: Execution,
  id: string,
  idempotencyKey: string | null,
): Answer {
  if (idempotencyKey === null) return answer
  return withHeaders(answer, {
    'idempotency-key': idempotencyKey,
    'original-request': id,
    ...(isSaved && answer.status < 500 && { 'stripe-should-retry': 'false' }),
  })
}

function withHeaders(answer: Answer, headers: Readonly<Record<string, string>>): Answer {
  return { ...answer, headers: { ...answer.headers, ...headers } }
}

/** Those of the query and those of the body count alike, as at Stripe; a GET has no body. */
function encodedParams({ method, search, body }: ApiRequest): string {
  const parts = [search.slice(1), method === 'GET' ? '' : body.toString()]
  return parts.filter((part) => part !== '').join('&')
}

function headerOf({ headers }: ApiRequest, name: string): string | null {
  const value = headers[name]
  return typeof value === 'string' ? value : null
}

/** Of what stripe-mock answers: the first field or, by its indentation, one of the outermost. */
function idIn({ body }: Answer): string | null {
  return /(?:^\s*\{\s*|\n {2})"id": *"([^"]+)"/.exec(body.toString())?.[1] ?? null
}

function errorCodeOf({ status, body }: Answer): string | null {
  if (status < 400) return null
  try {
    const { error } = JSON.parse(body.toString())
    return error.code ?? error.type ?? null
  } catch {
    return null
  }
}
