// stripe-mock's refusals in Stripe's words. With a description at hand, the emulator's own
// check comes first; this is for what only stripe-mock finds, and for when there is none.
import { list, type Params, type ParamValue } from '../api/params.ts'
import { StripeError } from '../api/stripe-error.ts'
import { type Answer, errorAnswer } from '../server/answer.ts'
import type { ApiRequest } from '../server/read-request.ts'
import {
  invalid,
  missing,
  notAnInteger,
  notExpandable,
  notOf,
  type Refusal,
  toError,
  tooLong,
  unknownParameters,
  unrecognizedUrl,
  wrongContentType,
} from './refusals.ts'

/** An answer of stripe-mock that is an error, as Stripe would put it. */
export function translate(answer: Answer, request: ApiRequest, params: Params): Answer {
  const message = messageOf(answer)
  if (message === undefined) return answer
  const error = errorFor(message, answer.status, request, params)
  return error === undefined ? answer : errorAnswer(error)
}

function errorFor(
  message: string,
  status: number,
  { method, path }: ApiRequest,
  params: Params,
): StripeError | undefined {
  if (status === 404) return unrecognizedUrl(method, path)
  if (status === 500) {
    // An expansion that it cannot make is all that makes it fail.
    const [expansion] = list(params, 'expand')
    const isOwn = message === 'An internal error occurred.'
    return isOwn && expansion !== undefined
      ? toError(notExpandable(expansion))
      : undefined
  }
  if (status !== 400) return undefined
  const mediaType = /Content-Type`.*Expected: `([^`]+)`/.exec(message)?.[1]
  if (mediaType !== undefined) return wrongContentType(mediaType)
  if (/^Request (?:validation|coercion) error/.test(message))
    return toError(refusalFor(message, params))
  return malformed(message)
}

/** Such as `validator 0xc000 failed: object property 'card' validation failed: value is not a string`. */
function refusalFor(message: string, params: Params): Refusal {
  const names = [...message.matchAll(/object property (?:for )?'([^']*)'/g)].map(
    ([, name = '']) => name,
  )
  const [first = '', ...rest] = names
  const param = first + rest.map((name) => `[${name}]`).join('')
  const value = shown(valueAt(params, names))
  const unknown = /additional properties are not allowed(?:: (.*))?$/.exec(message)
  if (unknown) return unknownParameters((unknown[1] ?? '').split(', ').filter(Boolean))
  if (message.endsWith('is required')) return missing(param)
  if (/not an int\/uint|not numeric/.test(message)) return notAnInteger(value, param)
  if (message.endsWith('not a float')) return invalid('decimal', value, param)
  if (message.endsWith('not a boolean')) return invalid('boolean', value, param)
  if (message.includes('must be a slice')) return notOf('array', param)
  if (message.includes('not a string')) return invalid('string', value, param)
  const limit = /longer than maxLength (\d+)/.exec(message)?.[1]
  if (limit !== undefined) return tooLong(value, Number(limit), param)
  return invalid(param || 'request', value, param)
}

/** What cannot even be read. The addresses and types of Go are nobody's business. */
function malformed(message: string): StripeError {
  return new StripeError(
    400,
    {
      type: 'invalid_request_error',
      message: message.replace(/\b0x[0-9a-f]+\b/g, '').replace(/ {2,}/g, ' '),
    },
    true,
  )
}

function valueAt(params: Params, names: readonly string[]): ParamValue | undefined {
  let value: ParamValue | undefined = params
  for (const name of names) {
    if (typeof value !== 'object') return undefined
    value = (value as Params)[name]
  }
  return value
}

function shown(value: ParamValue | undefined): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '')
}

function messageOf({ body, headers }: Answer): string | undefined {
  if (!headers['content-type']?.startsWith('application/json')) return undefined
  try {
    const { error } = JSON.parse(body.toString()) as { error?: { message?: unknown } }
    return typeof error?.message === 'string' ? error.message : undefined
  } catch {
    return undefined
  }
}
