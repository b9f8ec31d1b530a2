// Runs one of the project's commands on a machine that has no more than Node 20
// with npm: installs what is missing (the pinned pnpm, the pinned Node and every
// dependency), then runs the command under the pinned Node.
//
//   node scripts/bootstrap.mjs path/to/script.ts [arguments]
//   node scripts/bootstrap.mjs command-of-node_modules/.bin [arguments]
//
// It is plain JavaScript that imports nothing of the project, because it runs
// before anything is installed.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const bin = join(root, 'node_modules', '.bin')
const onWindows = process.platform === 'win32'
const environment = {
  ...process.env,
  PATH: `${bin}${delimiter}${process.env.PATH ?? ''}`,
  NEXT_TELEMETRY_DISABLED: '1',
  TURBO_TELEMETRY_DISABLED: '1',
}

const [command, ...commandArguments] = process.argv.slice(2)
if (command === undefined) {
  fail('usage: node scripts/bootstrap.mjs <script.ts | command> [arguments]')
}
await install()
process.exitCode = /\.(ts|mjs)$/.test(command)
  ? await run(installed('node'), [join(root, command), ...commandArguments])
  : await run(installed(command), commandArguments)

function installed(name) {
  return join(bin, onWindows ? `${name}.cmd` : name)
}

/** Installs what the lockfile asks for and is not there; quiet when nothing is missing. */
async function install() {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const again = existsSync(installed('pnpm')) && existsSync(installed('node'))
  if (!again) {
    process.stderr.write(
      'Installing the pinned pnpm, the pinned Node and all dependencies (a minute or two, once)…\n',
    )
  }
  const [file, ...prefix] = again
    ? [installed('pnpm')]
    : [onWindows ? 'npx.cmd' : 'npx', '--yes', packageManager]
  const options = ['--frozen-lockfile', ...(again ? ['--silent'] : [])]
  // stdout belongs to the command, which may print a report there.
  const status = await run(file, [...prefix, 'install', ...options], ['ignore', 2, 2])
  if (status !== 0) {
    fail(
      `The dependencies could not be installed (exit code ${status}); the reason stands above. The npm registry must be reachable.`,
    )
  }
}

/** Resolves with the exit code. A signal that asks this process to end is passed on. */
function run(file, args, stdio = 'inherit') {
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      cwd: root,
      env: environment,
      stdio,
      shell: onWindows,
    })
    const passOn = (signal) => child.kill(signal)
    process.on('SIGINT', passOn)
    process.on('SIGTERM', passOn)
    child.on('error', (error) => {
      process.stderr.write(`${file} could not be started: ${error.message}\n`)
      resolve(1)
    })
    child.on('exit', (code, signal) => {
      process.off('SIGINT', passOn)
      process.off('SIGTERM', passOn)
      resolve(code ?? (signal === null ? 1 : 128))
    })
  })
}

function fail(message) {
  process.stderr.write(`${message}\n`)
  process.exit(1)
}
