import { PINNED_VERSION } from './pinned-version.ts'

/** stripe-mock could not be found, installed or started. The message says what to do. */
export class StripeMockError extends Error {
  override readonly name = 'StripeMockError'
}

/** @param reason Why there is none: a sentence. */
export function notToBeHad(reason: string): StripeMockError {
  return new StripeMockError(`${reason}

Any one of these will do:
  - install Go 1.22 or newer (https://go.dev/dl): it is then built on first use
  - brew install stripe/stripe-mock/stripe-mock
  - docker run --rm -p 12111:12111 stripe/stripe-mock:v${PINNED_VERSION}
    and set STRIPE_MOCK_URL=http://127.0.0.1:12111
  - download a release from https://github.com/stripe/stripe-mock/releases
    and set STRIPE_MOCK_BINARY to its path`)
}
