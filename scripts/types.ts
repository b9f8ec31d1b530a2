// `npm run types`: the whole repository in one program, then each example by its own settings,
// as somebody who copies it would.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const apps = readdirSync(new URL('../apps', import.meta.url)).sort()

const failed = [
  typesOf('the repository', '.', ['tsc', '-p', '.']),
  ...apps.map((app) =>
    typesOf(`apps/${app}`, `apps/${app}`, ['pnpm', '--silent', 'run', 'types']),
  ),
].filter((passed) => !passed)
process.exitCode = failed.length === 0 ? 0 : 1

function typesOf(
  name: string,
  folder: string,
  [command, ...args]: readonly [string, ...string[]],
): boolean {
  const { status } = spawnSync(command, args, {
    cwd: `${root}/${folder}`,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  })
  console.log(`${status === 0 ? '✔' : '✗'} ${name}`)
  return status === 0
}
