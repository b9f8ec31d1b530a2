import { homedir, platform } from 'node:os'
import { join } from 'node:path'
import { PINNED_VERSION } from '../pinned-version.ts'

/** Where the binary of the pinned version is kept between runs. */
export function cachedBinary(env: Readonly<Record<string, string | undefined>>): string {
  const file = platform() === 'win32' ? 'stripe-mock.exe' : 'stripe-mock'
  return join(cacheDirectory(env), 'countersign', `stripe-mock-${PINNED_VERSION}`, file)
}

function cacheDirectory(env: Readonly<Record<string, string | undefined>>): string {
  const home = env.HOME ?? homedir()
  if (env.XDG_CACHE_HOME) return env.XDG_CACHE_HOME
  if (platform() === 'win32' && env.LOCALAPPDATA) return env.LOCALAPPDATA
  return platform() === 'darwin' ? join(home, 'Library', 'Caches') : join(home, '.cache')
}
