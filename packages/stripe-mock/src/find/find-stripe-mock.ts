import { access, constants, stat } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import process from 'node:process'
import { PINNED_VERSION } from '../pinned-version.ts'
import { notToBeHad } from '../stripe-mock-error.ts'
import { cachedBinary } from './cache.ts'
import { installWithGo } from './install-with-go.ts'
import { packagedBinary } from './packaged-binary.ts'
import { isAtLeast, readVersion } from './read-version.ts'

export interface FindOptions {
  /** Default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Told what is done while it takes long: one line each. */
  readonly onProgress?: (line: string) => void
}

/** A stripe-mock that runs already, or a binary to start. */
export type FoundStripeMock =
  | { readonly kind: 'running'; readonly url: string }
  | { readonly kind: 'binary'; readonly path: string; readonly source: string }

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

  const named = env.STRIPE_MOCK_BINARY
  if (named) {
    if (await isExecutable(named)) return binary(named, 'STRIPE_MOCK_BINARY')
    throw notToBeHad(`STRIPE_MOCK_BINARY is ${named}, which is not an executable file.`)
  }

  const packaged = await packagedBinary()
  if (packaged !== undefined) return binary(packaged, 'npm')

  const onPath = await findOnPath(env)
  if (onPath !== undefined) return binary(onPath, 'PATH')

  const cached = cachedBinary(env)
  if (await isExecutable(cached)) return binary(cached, 'cache')

  const failure = await installWithGo({ destination: cached, env, onProgress })
  if (failure === undefined) return binary(cached, 'go install')
  throw notToBeHad(
    `stripe-mock ${PINNED_VERSION} was not found, and could not be installed: ${failure}`,
  )
}

function binary(path: string, source: string): FoundStripeMock {
  return { kind: 'binary', path, source }
}

/** A plain source build calls itself `master`: nobody knows which one it is, so it is passed over. */
async function findOnPath(
  env: NonNullable<FindOptions['env']>,
): Promise<string | undefined> {
  for (const directory of (env.PATH ?? '').split(delimiter)) {
    const path = join(directory, 'stripe-mock')
    if (directory === '' || !(await isExecutable(path))) continue
    const version = await readVersion(path)
    if (version !== undefined && isAtLeast(version, PINNED_VERSION)) return path
  }
  return undefined
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}
