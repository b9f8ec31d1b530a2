import { Buffer } from 'node:buffer'
import type { ApiRequest } from '../server/read-request.ts'
import { StripeError } from './stripe-error.ts'

export interface ApiKey {
  /** `pk_…`: it is known to every buyer's browser, and may do little. */
  readonly isPublishable: boolean
}

/** The API key of a request. Any test key will do: there is one platform account behind all of them. */
export function authenticate({ headers, method, path, search }: ApiRequest): ApiKey {
  const [scheme = '', credentials = ''] = (headers.authorization ?? '').split(' ')
  const key =
    scheme.toLowerCase() === 'basic'
      ? Buffer.from(credentials, 'base64').toString().split(':')[0]
      : // A browser may send its publishable key among the parameters.
        credentials || new URLSearchParams(search).get('key')
  if (!key) {
    throw unauthorized(
      `You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). (${method} ${path})`,
    )
  }
  if (/^(?:sk|rk|pk)_live_/.test(key)) {
    throw unauthorized(
      'This is an emulator of test mode: it takes no live key. Check which environment you are in.',
    )
  }
  if (!/^(?:sk|rk|pk)_test_\w+$/.test(key)) {
    throw unauthorized(`Invalid API Key provided: ${mask(key)}`)
  }
  return { isPublishable: key.startsWith('pk_') }
}

/** @throws StripeError 403: the publishable key may not do this */
export function expectSecret({ isPublishable }: ApiKey): void {
  if (!isPublishable) return
  throw new StripeError(403, {
    type: 'invalid_request_error',
    code: 'secret_key_required',
    message:
      'This API call cannot be made with a publishable API key. Please use a secret API key. You can find a list of your API keys at https://dashboard.stripe.com/account/apikeys.',
  })
}

/** As Stripe shows a key: its ends at most, and of a short one nothing. */
function mask(key: string): string {
  return key.length < 16
    ? '*'.repeat(key.length)
    : `${key.slice(0, 3)}********${key.slice(-4)}`
}

function unauthorized(message: string): StripeError {
  return new StripeError(401, { type: 'invalid_request_error', message })
}
