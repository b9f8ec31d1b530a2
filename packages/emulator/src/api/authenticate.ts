import { Buffer } from 'node:buffer'
import type { ApiRequest } from '../server/read-request.ts'
import { StripeError } from './stripe-error.ts'

/** The API key of a request. Any test key will do: there is one account behind all of them. */
export function authenticate({ headers, method, path }: ApiRequest): string {
  const [scheme = '', credentials = ''] = (headers.authorization ?? '').split(' ')
  const key =
    scheme.toLowerCase() === 'basic'
      ? Buffer.from(credentials, 'base64').toString().split(':')[0]
      : credentials
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
  return key
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
