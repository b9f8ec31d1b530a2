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
import { constants } from 'node:os'
import { delimiter, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const bin = join(root, 'node_modules', '.bin')
const onWindows = process.platform === 'win32'
const environment = {
  ...process.env,
  PATH: `${bin}${delimiter}${process.env.PATH ?? ''}`,
  // How the suite is called here, for the commands that it prints.
  CONFORMANCE_COMMAND: 'npm run conformance --',
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
  const isInstalled = hasPnpm() && hasNode()
  if (!isInstalled) {
    say(
      'Installing the pinned pnpm, the pinned Node and all dependencies (a minute or two, once)…',
    )
  }
  const pnpm = (...args) =>
    // stdout belongs to the command, which may print a report there.
    hasPnpm()
      ? run(installed('pnpm'), args, ['ignore', 2, 2])
      : run(
          onWindows ? 'npx.cmd' : 'npx',
          ['--yes', packageManager, ...args],
          ['ignore', 2, 2],
        )
  const slow = setTimeout(() => {
    if (isInstalled) say('Installing what has changed in the lockfile…')
  }, 1_500)
  let status = await pnpm(
    'install',
    '--frozen-lockfile',
    ...(isInstalled ? ['--silent'] : []),
  )
  clearTimeout(slow)
  // The package `node` gets its binary from a script, which a broken install may not have run.
  if (status === 0 && !hasNode()) status = await pnpm('rebuild', 'node')
  if (status === 0 && hasNode()) return
  fail(
    `The dependencies could not be installed (exit code ${status}); the reason stands above. The npm registry must be reachable. If it is, delete node_modules and run this again.`,
  )
}

/** The files that the commands in .bin lead to: those stay when what they start is gone. */
function hasPnpm() {
  return existsSync(join(root, 'node_modules', 'pnpm', 'package.json'))
}

function hasNode() {
  const file = onWindows ? 'node.exe' : 'node'
  return existsSync(join(root, 'node_modules', 'node', 'bin', file))
}

/** Resolves with the exit code. A signal that asks this process to end is passed on. */
function run(file, args, stdio = 'inherit') {
  return new Promise((resolve) => {
    const quote = (word) => (onWindows ? `"${word}"` : word)
    const child = spawn(quote(file), args.map(quote), {
      cwd: root,
      env: environment,
      stdio,
      shell: onWindows,
    })
    const passOn = (signal) => child.kill(signal)
    process.on('SIGINT', passOn)
    process.on('SIGTERM', passOn)
    child.on('error', (error) => {
      say(`${file} could not be started: ${error.message}`)
      resolve(1)
    })
    child.on('exit', (code, signal) => {
      process.off('SIGINT', passOn)
      process.off('SIGTERM', passOn)
      resolve(code ?? 128 + (constants.signals[signal] ?? 0))
    })
  })
}

function say(line) {
  process.stderr.write(`${line}\n`)
}

function fail(message) {
  say(message)
  process.exit(1)
}
