import { hasParams, type Params } from '../api/params.ts'
import { docUrl, StripeError } from '../api/stripe-error.ts'
import type { Answer } from '../server/answer.ts'
import type { ApiRequest } from '../server/read-request.ts'
import { Random } from '../state/ids.ts'
import { type FaultRule, FaultRules } from './fault-rules.ts'
import { matchesPath } from './matches-path.ts'

/** What can go wrong with a request to the API. */
export const API_FAULTS = [
  /** 429, before anything is done; an idempotency key does not keep it. */
  'rate_limit',
  /** 429 `lock_timeout`, before anything is done; an idempotency key does not keep it. */
  'lock_timeout',
  /** 500 instead of the work; the idempotency key keeps it. */
  'server_error',
  /** The connection breaks before anything is done. */
  'reset',
  /** The connection breaks after the work was done, and before the caller hears of it. */
  'answer_lost',
] as const

export type ApiFaultKind = (typeof API_FAULTS)[number]

export interface ApiFaultRule extends FaultRule<ApiFaultKind> {
  /** Default: any. */
  readonly method: string | undefined
  /** With `*` for anything, and `{…}` for one segment: `/v1/payment_intents/{intent}/confirm`. */
  readonly path: string
  /** Values that its parameters have to have. Default: any. */
  readonly params: Params
  /** Of a `lock_timeout`: 429 as Stripe documents it, or 409. */
  readonly status: number
}

/** What goes wrong with one request. */
export interface ApiFault {
  /** Before the key of the request is looked at. @throws StripeError such as a 429, which no key keeps */
  readonly before: () => void
  /** Instead of the work. @throws StripeError such as a 500, which the key keeps */
  readonly during: () => void
  /** After the work: what becomes of the answer. */
  readonly after: () => Pick<Answer, 'isLost'>
}

/** The faults of the API that were asked for, and those of chance. */
export class ApiFaults {
  readonly rules: FaultRules<ApiFaultRule>

  constructor(random: Random = new Random()) {
    this.rules = new FaultRules(random)
  }

  take(
    { method, path }: Pick<ApiRequest, 'method' | 'path'>,
    params: Params,
  ): ApiFault | undefined {
    const rule = this.rules.take(
      (one) =>
        (one.method === undefined || one.method === method) &&
        matchesPath(path, one.path) &&
        hasParams(params, one.params),
    )
    const kind = rule?.kind ?? this.rules.byChance(API_FAULTS)
    return kind && faultOf(kind, rule?.status ?? LOCK_STATUS)
  }
}

/** Source: https://docs.stripe.com/rate-limits#object-lock-timeouts */
export const LOCK_STATUS = 429

function faultOf(kind: ApiFaultKind, lockStatus: number): ApiFault {
  return {
    before() {
      if (kind === 'rate_limit') throw rateLimit()
      if (kind === 'lock_timeout') throw lockTimeout(lockStatus)
      if (kind === 'reset') throw unknownError(true)
    },
    during() {
      if (kind === 'server_error') throw unknownError(false)
    },
    after: () => ({ isLost: kind === 'reset' || kind === 'answer_lost' }),
  }
}

/** Source: https://docs.stripe.com/rate-limits */
function rateLimit(): StripeError {
  return refusal(
    429,
    'rate_limit',
    'Testmode request rate limit exceeded, the rate limits in testmode are lower than livemode. You can learn more about rate limits here https://stripe.com/docs/rate-limits.',
  )
}

/** Source: https://docs.stripe.com/rate-limits#object-lock-timeouts */
function lockTimeout(status: number): StripeError {
  return refusal(
    status,
    'lock_timeout',
    'This object cannot be accessed right now because another API request or Stripe process is currently accessing it. If you see this error intermittently, retry the request. If you see this error frequently and are making multiple concurrent requests to a single object, make your requests serially or at a lower rate. For more details, see https://stripe.com/docs/rate-limits#object-lock-timeouts.',
  )
}

function refusal(status: number, code: string, message: string): StripeError {
  const body = {
    type: 'invalid_request_error',
    code,
    message,
    doc_url: docUrl(code),
  } as const
  return new StripeError(status, body, true)
}

function unknownError(isBeforeExecution: boolean): StripeError {
  return new StripeError(
    500,
    { type: 'api_error', message: 'An unknown error occurred.' },
    isBeforeExecution,
  )
}
