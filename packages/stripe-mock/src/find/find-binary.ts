import { access, constants, stat } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import process from 'node:process'
import { PINNED_VERSION } from '../pinned-version.ts'
import { notToBeHad } from '../stripe-mock-error.ts'
import { cachedBinary } from './cache.ts'
import { packagedBinary } from './packaged-binary.ts'
import { isAtLeast, readVersion } from './read-version.ts'

/** A stripe-mock that can be started. */
export interface StripeMockBinary {
  readonly path: string
  /** Where it came from: `STRIPE_MOCK_BINARY`, `npm`, `PATH`, `cache` or `go install`. */
  readonly source: string
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Finds the binary of stripe-mock that is there already, and installs nothing. In this
 * order: `STRIPE_MOCK_BINARY`, the npm package for this platform, a release on `PATH` that
 * is not older than the pinned one, and the cache.
 *
 * @param env Default `process.env`.
 * @throws StripeMockError when `STRIPE_MOCK_BINARY` names no program
 */
export async function findBinary(
  env: Environment = process.env,
): Promise<StripeMockBinary | undefined> {
  const named = env.STRIPE_MOCK_BINARY
  if (named) {
    if (await isExecutable(named)) return { path: named, source: 'STRIPE_MOCK_BINARY' }
    throw notToBeHad(`STRIPE_MOCK_BINARY is ${named}, which is not an executable file.`)
  }

  const packaged = await packagedBinary()
  if (packaged !== undefined) return { path: packaged, source: 'npm' }

  const onPath = await findOnPath(env)
  if (onPath !== undefined) return { path: onPath, source: 'PATH' }

  const cached = cachedBinary(env)
  return (await isExecutable(cached)) ? { path: cached, source: 'cache' } : undefined
}

/** The binary of a stripe-mock that runs already: the one that is named, or one that calls itself the same release. None is no failure. */
export async function findBinaryOf(
  version: string,
  env: Environment,
): Promise<string | undefined> {
  const found = await findBinary(env).catch(() => undefined)
  if (found === undefined) return undefined
  const isSame =
    found.source === 'STRIPE_MOCK_BINARY' || (await readVersion(found.path)) === version
  return isSame ? found.path : undefined
}

/** A plain source build calls itself `master`: nobody knows which one it is, so it is passed over. */
async function findOnPath(env: Environment): Promise<string | undefined> {
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
