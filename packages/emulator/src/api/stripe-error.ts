/** The body of Stripe's errors, as far as the emulator fills it in. Source: https://docs.stripe.com/api/errors */
export interface ErrorBody {
  readonly type:
    | 'api_error'
    | 'card_error'
    | 'idempotency_error'
    | 'invalid_request_error'
  readonly message: string
  readonly code?: string
  readonly decline_code?: string
  readonly advice_code?: string
  readonly network_decline_code?: string
  readonly param?: string
  readonly doc_url?: string
  readonly charge?: string
  readonly payment_intent?: unknown
  readonly payment_method?: unknown
  readonly setup_intent?: unknown
}

/** Thrown by what the emulator models; answered with Stripe's status and body. */
export class StripeError extends Error {
  override readonly name = 'StripeError'
  readonly status: number
  readonly body: ErrorBody
  /** Raised before the request began to act: an idempotency key does not keep it. */
  readonly isBeforeExecution: boolean

  constructor(status: number, body: ErrorBody, isBeforeExecution = false) {
    super(body.message)
    this.status = status
    this.body = body
    this.isBeforeExecution = isBeforeExecution
  }
}

export function invalidRequest(
  message: string,
  details: Pick<ErrorBody, 'code' | 'param' | 'payment_intent' | 'setup_intent'> & {
    readonly status?: number
  } = {},
): StripeError {
  const { status = 400, ...rest } = details
  return new StripeError(status, {
    type: 'invalid_request_error',
    message,
    ...rest,
    ...(rest.code === undefined ? {} : { doc_url: docUrl(rest.code) }),
  })
}

/** A parameter that cannot be meant, whatever is stored. */
export function invalidParameter(
  message: string,
  details: Pick<ErrorBody, 'code' | 'param'>,
): StripeError {
  const { status, body } = invalidRequest(message, details)
  return new StripeError(status, body, true)
}

/** An id in the path answers 404, one in a parameter 400. */
export function noSuch(
  kind: string,
  id: string,
  param: string,
  status: 400 | 404,
): StripeError {
  return invalidRequest(`No such ${kind}: '${id}'`, {
    code: 'resource_missing',
    param,
    status,
  })
}

export function docUrl(code: string): string {
  return `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}`
}
