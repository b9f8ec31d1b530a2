import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../../..', import.meta.url))

/**
 * Builds a Next application, unless it was built from the same sources before.
 *
 * @param sources What goes into the build beside its own folder: globs from the root of the repository.
 */
export async function buildOnce(
  dir: string,
  name: string,
  sources: readonly string[],
  onProgress: (line: string) => void,
): Promise<void> {
  const digest = digestOf(dir, sources)
  const stamp = join(dir, '.next', 'conformance-digest')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return
  onProgress(
    `Building the ${name} target (up to half a minute, again only after a change)…`,
  )
  try {
    await promisify(execFile)('next', ['build'], {
      cwd: dir,
      env: {
        ...process.env,
        NEXT_TELEMETRY_DISABLED: '1',
        NODE_ENV: 'production',
        PATH: `${join(dir, 'node_modules', '.bin')}${delimiter}${process.env.PATH}`,
      },
    })
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string }
    throw new Error(`${name}: next build failed\n${stdout}\n${stderr}`)
  }
  writeFileSync(stamp, digest)
}

function digestOf(dir: string, sources: readonly string[]): string {
  const hash = createHash('sha256')
  const own = globSync('**/*.{js,ts,json}', {
    cwd: dir,
    exclude: (name) => name === 'node_modules' || name === '.next',
  }).map((file) => join(dir, file))
  const shared = ['pnpm-lock.yaml', ...sources]
    .flatMap((pattern) => globSync(pattern, { cwd: root }))
    .map((file) => join(root, file))
  for (const file of [...own, ...shared].sort())
    hash.update(file).update(readFileSync(file))
  return hash.digest('hex')
}
