import process from 'node:process'
import { PINNED_VERSION } from '../pinned-version.ts'
import { notToBeHad } from '../stripe-mock-error.ts'
import { cachedBinary } from './cache.ts'
import { findBinary, type StripeMockBinary } from './find-binary.ts'
import { installWithGo } from './install-with-go.ts'

export interface FindOptions {
  /** Default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Told what is done while it takes long: one line each. */
  readonly onProgress?: (line: string) => void
}

/** A stripe-mock that runs already, or a binary to start. */
export type FoundStripeMock =
  | { readonly kind: 'running'; readonly url: string }
  | ({ readonly kind: 'binary' } & StripeMockBinary)

/**
 * Finds the real stripe-mock. In this order: `STRIPE_MOCK_URL`, `STRIPE_MOCK_BINARY`, the
 * npm package for this platform, a release on `PATH` that is not older than the pinned
 * one, the cache, and `go install` of the pinned version into the cache.
 *
 * @throws StripeMockError naming every way to get it.
 */
export async function findStripeMock({
  env = process.env,
  onProgress = () => {},
}: FindOptions = {}): Promise<FoundStripeMock> {
  const url = env.STRIPE_MOCK_URL
  if (url) return { kind: 'running', url: url.replace(/\/+$/, '') }

  const found = await findBinary(env)
  if (found !== undefined) return { kind: 'binary', ...found }

  const path = cachedBinary(env)
  const failure = await installWithGo({ destination: path, env, onProgress })
  if (failure === undefined) return { kind: 'binary', path, source: 'go install' }
  throw notToBeHad(
    `stripe-mock ${PINNED_VERSION} was not found, and could not be installed: ${failure}`,
  )
}
