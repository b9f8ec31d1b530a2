import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { NEXT_APP } from './next.ts'

const root = fileURLToPath(new URL('../../../..', import.meta.url))
const sources = [
  'pnpm-lock.yaml',
  'packages/{core,next}/{src/**/*.ts,package.json}',
  'packages/bench/{next-app/*.ts,next-app/app/**,src/servers/*.ts}',
]

/** Builds the Next application, unless it was built from the same sources before. */
export async function buildNextApp(onProgress: (line: string) => void): Promise<void> {
  const digest = digestOfSources()
  const stamp = join(NEXT_APP, '.next', 'bench-digest')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return
  onProgress('building the Next application (half a minute, again only after a change)')
  const next = createRequire(import.meta.url).resolve('next/dist/bin/next')
  try {
    await promisify(execFile)(process.execPath, [next, 'build', NEXT_APP], {
      env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' },
    })
  } catch (error) {
    // A command that failed carries what it has printed.
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string }
    throw new Error(`next build failed:\n${stdout}\n${stderr}`, { cause: error })
  }
  writeFileSync(stamp, digest)
}

function digestOfSources(): string {
  const hash = createHash('sha256')
  const files = sources.flatMap((pattern) => globSync(pattern, { cwd: root })).sort()
  for (const file of files) {
    const path = join(root, file)
    if (/\.\w+$/.test(file)) hash.update(file).update(readFileSync(path))
  }
  return hash.digest('hex')
}
