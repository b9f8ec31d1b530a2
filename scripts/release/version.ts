// `npm run version`: takes the changesets into the versions and changelogs, and the new
// versions into the lockfile.
import { execFileSync } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const cwd = fileURLToPath(new URL('../..', import.meta.url))
const shell = process.platform === 'win32'
execFileSync('changeset', ['version'], { cwd, stdio: 'inherit', shell })
execFileSync('pnpm', ['install', '--no-frozen-lockfile'], {
  cwd,
  stdio: 'inherit',
  shell,
})
