import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { PINNED_VERSION } from '../pinned-version.ts'

export const MODULE: string = `github.com/stripe/stripe-mock@v${PINNED_VERSION}`
const TIMEOUT_MS = 300_000
/** A plain build names itself `master`; with this flag it says which release it is. */
export const VERSION_FLAGS: string = `-s -w -X main.version=${PINNED_VERSION}`

export interface InstallOptions {
  /** The path at which the binary shall stand. */
  readonly destination: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly onProgress: (line: string) => void
}

/**
 * Builds the pinned version with Go, which verifies its source against Go's checksum
 * database. Two processes may do so at once: each builds in a folder of its own, and the
 * finished binary is moved into place.
 *
 * @returns Why it failed, or `undefined`.
 */
export async function installWithGo({
  destination,
  env,
  onProgress,
}: InstallOptions): Promise<string | undefined> {
  const parent = dirname(dirname(destination))
  let folder: string
  try {
    await mkdir(parent, { recursive: true })
    folder = await mkdtemp(join(parent, 'building-'))
  } catch (error) {
    return `the cache folder ${parent} cannot be written: ${String(error)}`
  }
  try {
    const failure = await goInstall(folder, env, onProgress)
    if (failure !== undefined) return failure
    await mkdir(dirname(destination), { recursive: true })
    await rename(join(folder, basename(destination)), destination)
    return undefined
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function goInstall(
  folder: string,
  env: InstallOptions['env'],
  onProgress: InstallOptions['onProgress'],
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(
      'go',
      ['install', '-trimpath', '-ldflags', VERSION_FLAGS, MODULE],
      {
        // Some frameworks' types demand a NODE_ENV in every environment.
        env: { ...(env as NodeJS.ProcessEnv), GOBIN: folder },
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    )
    // Spawn's own timeout would keep a process alive whose child could not be started.
    const timer = setTimeout(() => child.kill(), TIMEOUT_MS)
    let stderr = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-2_000)
    })
    child.on('spawn', () => {
      onProgress(
        `Building stripe-mock ${PINNED_VERSION} with Go (about half a minute, once)…`,
      )
    })
    child.on('error', (error) => {
      clearTimeout(timer)
      resolve(
        'code' in error && error.code === 'ENOENT'
          ? 'there is no `go` on PATH'
          : `\`go\` could not be started: ${error.message}`,
      )
    })
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      const reason = stderr.trim() || `it ended with ${code ?? signal}`
      resolve(code === 0 ? undefined : `\`go install ${MODULE}\` failed: ${reason}`)
    })
  })
}
