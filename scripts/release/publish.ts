// `npm run release`: publishes what the registry does not have yet. The stripe-mock of each
// platform goes first, as @countersign/stripe-mock names them.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folders = [
  ...readdirSync(join(root, 'packages')).map((name) => `packages/${name}`),
  'conformance',
]
const manifests = folders.map((folder) => `${folder}/package.json`)
const { version } = readManifest('packages/stripe-mock/package.json')

try {
  nameRepository()
  if (!isPublished(`@countersign/stripe-mock@${version}`)) publishPlatformPackages()
  run('turbo', ['run', 'build', '--filter=./packages/*', '--filter=./conformance'])
  run('changeset', ['publish'])
} finally {
  // What was added is for the published manifests alone.
  run('git', ['checkout', '--', ...manifests])
}

/** npm holds provenance against the repository that a package says it comes from; only where it is built is that known. */
function nameRepository(): void {
  const repository = process.env.GITHUB_REPOSITORY
  if (repository === undefined) return
  for (const [index, file] of manifests.entries()) {
    const url = `git+https://github.com/${repository}.git`
    const directory = folders[index]
    const manifest = {
      ...readManifest(file),
      repository: { type: 'git', url, directory },
    }
    writeFileSync(join(root, file), `${JSON.stringify(manifest, null, 2)}\n`)
  }
}

function publishPlatformPackages(): void {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-release-'))
  try {
    run('node', ['scripts/release/build-platform-packages.ts', folder])
    for (const name of readdirSync(folder)) {
      if (isPublished(`@countersign/${name}@${version}`)) continue
      run('pnpm', [
        'publish',
        join(folder, name),
        '--access',
        'public',
        '--no-git-checks',
      ])
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Throws when the registry cannot be asked: to take that for "no" would publish twice. */
function isPublished(spec: string): boolean {
  try {
    const printed = execFileSync('npm', ['view', spec, 'version'], {
      cwd: root,
      encoding: 'utf8',
      shell: process.platform === 'win32',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    return printed.trim() !== ''
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string }
    if (stderr.includes('E404')) return false
    throw error
  }
}

function readManifest(file: string): Record<string, unknown> & { version: string } {
  return JSON.parse(readFileSync(join(root, file), 'utf8'))
}

function run(command: string, args: readonly string[]): void {
  execFileSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
}
