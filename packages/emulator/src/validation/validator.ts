import { list, type Params } from '../api/params.ts'
import type { StripeError } from '../api/stripe-error.ts'
import { expandPaths } from '../expand/expand.ts'
import { isOldVersion } from '../render/render.ts'
import { type Answer, errorAnswer } from '../server/answer.ts'
import type { ApiRequest } from '../server/read-request.ts'
import type { Upstream } from '../stripe-mock/forward.ts'
import { AcceptedShapes } from './accepted-shapes.ts'
import { isExpandable } from './check-expand.ts'
import { checkParameters, type Edit, isRefusal } from './check-parameters.ts'
import type { DescribedOperation, Description } from './description.ts'
import { editForm } from './edit-form.ts'
import { removedInEndive } from './endive.ts'
import {
  notExpandable,
  toError,
  unknownParameters,
  wrongContentType,
} from './refusals.ts'
import { translate } from './translate.ts'

const FORM = 'application/x-www-form-urlencoded'
const EXPAND: Edit = { name: 'expand' }
const ENDIVE = '2026-09-30'
/** What a path holds that stripe-mock takes. */
const PLAIN_PATH = /^(?:[\w@:.~!$&'()*+,;=/-]|%[0-9a-f]{2})+$/i
const BROKEN_ESCAPE = /%(?![0-9a-f]{2})/i

/** Has every request checked: by its description, to the last level, and by stripe-mock. */
export class Validator {
  readonly #upstream: Upstream
  readonly #description: Description
  readonly #accepted = new AcceptedShapes()

  constructor(upstream: Upstream, description: Description) {
    this.#upstream = upstream
    this.#description = description
  }

  /**
   * What stripe-mock answers, or the refusal; `undefined` when a modelled operation need not
   * be asked about (again).
   *
   * @param operation Of the route that models it, if one does.
   * @throws StripeError 500 when stripe-mock does not answer
   */
  async check(
    request: ApiRequest,
    operation: string | undefined,
    params: Params,
  ): Promise<Answer | undefined> {
    const described = this.#description.match(request.method, request.path)
    const result =
      described && this.#checkDescribed(request, described, operation, params)
    if (result?.refusal !== undefined) return errorAnswer(result.refusal)
    const isModelled = operation !== undefined
    // Nobody but the emulator knows it, and it is not modelled: stripe-mock says so.
    if (described?.isNew && isModelled) return undefined
    const shape =
      isModelled && request.method === 'GET'
        ? this.#shapeOf(request, operation, result?.shape)
        : undefined
    if (shape !== undefined && this.#accepted.has(shape)) return undefined
    const answer = await this.#ask(request, params, isModelled, result?.edits ?? [])
    if (answer.status >= 400) return translate(answer, request, params)
    if (shape !== undefined) this.#accepted.add(shape)
    return answer
  }

  async #ask(
    request: ApiRequest,
    params: Params,
    isModelled: boolean,
    edits: readonly Edit[],
  ): Promise<Answer> {
    const isExpanding = params.expand !== undefined
    const plain = isExpanding ? [...edits, EXPAND] : edits
    if (isModelled) return this.#upstream.forward(edited(request, plain))
    if (!isExpanding) return this.#upstream.forward(edited(request, edits))
    try {
      return await this.#upstream.forward(edited(request, edits))
    } catch (error) {
      // Some expansions make stripe-mock hang up. Without them it answers, if it is there at all.
      const answer = await this.#upstream.forward(edited(request, plain))
      const [path = ''] = list(params, 'expand')
      if (answer.status < 400) return errorAnswer(toError(notExpandable(path)))
      throw error
    }
  }

  #checkDescribed(
    request: ApiRequest,
    described: DescribedOperation,
    operation: string | undefined,
    params: Params,
  ): Check {
    const contentType = request.headers['content-type']?.split(';')[0]?.trim()
    const { mediaType, parameters } = described
    if (mediaType !== undefined && contentType !== mediaType)
      return { refusal: wrongContentType(mediaType) }
    // The parts of an upload are for stripe-mock to read.
    if (mediaType !== undefined && mediaType !== FORM) return {}
    const { key, ...rest } = params
    // A browser may send its publishable key among the parameters.
    const hasKey = typeof key === 'string' && key.startsWith('pk_')
    const found = checkParameters(hasKey ? rest : params, parameters)
    if (isRefusal(found)) return { refusal: toError(found) }
    const removed = removedInEndive.get(described.operation)
    if (removed !== undefined && params[removed] !== undefined && isEndive(request))
      return { refusal: toError(unknownParameters([removed])) }
    const refusal = this.#checkExpand(request, described, params)
    if (refusal !== undefined) return { refusal }
    const edits = hasKey ? [...found.edits, { name: 'key' }] : found.edits
    return { edits, shape: operation === undefined ? undefined : found.shape }
  }

  #checkExpand(
    { headers }: ApiRequest,
    described: DescribedOperation,
    params: Params,
  ): StripeError | undefined {
    if (this.#description.version === undefined) return undefined
    const paths = list(params, 'expand')
    const version = headers['stripe-version']
    const isOld = typeof version === 'string' && isOldVersion(version)
    const wrong = paths.find(
      (path) => !isExpandable(path, described, this.#description, isOld),
    )
    try {
      expandPaths(params)
    } catch (error) {
      return error as StripeError
    }
    return wrong === undefined ? undefined : toError(notExpandable(wrong))
  }

  /** What of a request decides whether stripe-mock accepts it. Free texts such as cursors do not. */
  #shapeOf(
    { path, search }: ApiRequest,
    operation: string,
    shape: readonly string[] | undefined,
  ): string | undefined {
    if (!PLAIN_PATH.test(path) || BROKEN_ESCAPE.test(search)) return undefined
    const isKnown = shape !== undefined && this.#description.version !== undefined
    return `${operation} ${isKnown ? shape.join('&') : search}`
  }
}

interface Check {
  readonly refusal?: StripeError
  readonly edits?: readonly Edit[]
  readonly shape?: readonly string[] | undefined
}

function edited(request: ApiRequest, edits: readonly Edit[]): ApiRequest {
  if (edits.length === 0) return request
  const { search, body } = request
  const isForm = !request.headers['content-type']?.startsWith('multipart/')
  const query = editForm(search.slice(1), edits.filter(isForQuery(request)))
  return {
    ...request,
    search: query === '' ? '' : `?${query}`,
    body:
      isForm && body.length > 0 ? Buffer.from(editForm(body.toString(), edits)) : body,
  }
}

/** What is added goes where the parameters are. */
function isForQuery({ body }: ApiRequest): (edit: Edit) => boolean {
  return ({ from, to }) => body.length === 0 || from !== undefined || to === undefined
}

function isEndive({ headers }: ApiRequest): boolean {
  const version = headers['stripe-version']
  return typeof version === 'string' && version.slice(0, 10) >= ENDIVE
}
