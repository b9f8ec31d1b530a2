// The wording of Stripe's refusals of parameters, from answers of its API that others have
// published. For booleans, lists and hashes it is unverified against Stripe.
import { docUrl, StripeError } from '../api/stripe-error.ts'

/** What is wrong with a parameter. */
export interface Refusal {
  readonly message: string
  /** As the caller wrote it: `items[0][price]`. */
  readonly param: string
  readonly code?: string
}

export function unknownParameters(names: readonly string[]): Refusal {
  return {
    code: 'parameter_unknown',
    message: `Received unknown parameter${names.length > 1 ? 's' : ''}: ${names.join(', ')}`,
    param: names[0] ?? '',
  }
}

export function missing(param: string): Refusal {
  return {
    code: 'parameter_missing',
    message: `Missing required param: ${param}.`,
    param,
  }
}

export function empty(param: string): Refusal {
  return {
    code: 'parameter_invalid_empty',
    message: `You passed an empty string for '${param}'. We assume empty values are an attempt to unset a parameter; however '${param}' cannot be unset. You should remove '${param}' from your request or supply a non-empty value.`,
    param,
  }
}

export function notAnInteger(value: string, param: string): Refusal {
  return {
    code: 'parameter_invalid_integer',
    message: `Invalid integer: ${value}`,
    param,
  }
}

/** @param type `decimal`, `boolean` or `string` */
export function invalid(type: string, value: string, param: string): Refusal {
  return { message: `Invalid ${type}: ${value}`, param }
}

/** @param type `array` or `object` */
export function notOf(type: string, param: string): Refusal {
  return { message: `Invalid ${type}`, param }
}

export function notAmong(values: readonly string[], param: string): Refusal {
  const last = values.at(-1) ?? ''
  const list =
    values.length < 3
      ? values.join(' or ')
      : `${values.slice(0, -1).join(', ')}, or ${last}`
  return {
    message: `Invalid ${param}: must be ${values.length > 1 ? 'one of ' : ''}${list}`,
    param,
  }
}

export function tooLong(value: string, limit: number, param: string): Refusal {
  const shown = value.length > 20 ? `${value.slice(0, 4)}...${value.slice(-4)}` : value
  return {
    message: `Invalid string: ${shown}; must be at most ${limit} characters`,
    param,
  }
}

export function notExpandable(path: string): Refusal {
  return { message: `This property cannot be expanded (${path}).`, param: 'expand' }
}

/** Thrown before anything is done: an idempotency key does not keep it. */
export function toError({ message, param, code }: Refusal): StripeError {
  return new StripeError(
    400,
    {
      ...(code === undefined ? {} : { code, doc_url: docUrl(code) }),
      message,
      ...(param === '' ? {} : { param }),
      type: 'invalid_request_error',
    },
    true,
  )
}

export function unrecognizedUrl(method: string, path: string): StripeError {
  return new StripeError(
    404,
    {
      message: `Unrecognized request URL (${method}: ${path}). If you are trying to list objects, remove the trailing slash. If you are trying to retrieve an object, make sure you passed a valid (non-empty) identifier in your code. Please see https://stripe.com/docs or we can help at https://support.stripe.com/.`,
      type: 'invalid_request_error',
    },
    true,
  )
}

export function wrongContentType(mediaType: string): StripeError {
  return new StripeError(
    400,
    {
      message: `Invalid request (check that your POST content type is ${mediaType}). If you have any questions, we can help at https://support.stripe.com/.`,
      type: 'invalid_request_error',
    },
    true,
  )
}
