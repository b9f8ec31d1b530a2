// `npm run release`: publishes what the registry does not have yet. The stripe-mock of each
// platform goes first, as @countersign/stripe-mock names them.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const { version } = JSON.parse(
  readFileSync(join(root, 'packages/stripe-mock/package.json'), 'utf8'),
)
const folder = mkdtempSync(join(tmpdir(), 'countersign-release-'))
try {
  run('node', ['scripts/release/build-platform-packages.ts', folder])
  for (const name of readdirSync(folder)) {
    if (isPublished(`@countersign/${name}@${version}`)) continue
    run('pnpm', ['publish', join(folder, name), '--access', 'public', '--no-git-checks'])
  }
  run('turbo', ['run', 'build', '--filter=./packages/*', '--filter=./conformance'])
  run('changeset', ['publish'])
} finally {
  rmSync(folder, { recursive: true })
  // The optional dependencies are for the published manifest alone.
  run('git', ['checkout', '--', 'packages/stripe-mock/package.json'])
}

function isPublished(spec: string): boolean {
  try {
    const stdio = ['ignore', 'pipe', 'ignore'] as const
    return (
      execFileSync('npm', ['view', spec, 'version'], { cwd: root, stdio: [...stdio] })
        .length > 0
    )
  } catch {
    return false
  }
}

function run(command: string, args: readonly string[]): void {
  execFileSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
}
