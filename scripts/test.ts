// `npm test`: everything that a change must pass, one step after another, counted. Ends with
// the line "N passed, N failed" alone.
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Counts, countKillMatrix, countSuite, countVitest } from './test/counts.ts'

interface Step {
  readonly name: string
  readonly what: string
  readonly command: readonly [string, ...string[]]
  /** Reads what the command wrote to its report. Without it, the step counts as one. */
  readonly count?: (report: unknown) => Counts
}

const root = fileURLToPath(new URL('..', import.meta.url))
/** A signal has asked for the end: what has not begun is left out, and that is a failure. */
let ended = false
const folder = await mkdtemp(join(tmpdir(), 'countersign-test-'))

const steps: readonly Step[] = [
  {
    name: 'build',
    what: 'compile every package',
    command: ['turbo', 'run', 'build', '--filter=./packages/*', '--filter=./conformance'],
  },
  {
    name: 'types',
    what: 'check the types of everything, tests and examples included',
    command: ['node', 'scripts/types.ts'],
  },
  {
    name: 'lint',
    what: 'Biome',
    command: ['biome', 'ci'],
  },
  {
    name: 'unused',
    what: 'knip: no unused file, export or dependency',
    command: ['knip'],
  },
  {
    name: 'unit',
    what: 'tests beside the code',
    command: vitest('unit'),
    count: countVitest,
  },
  {
    name: 'conformance',
    what: 'the suite, against every target',
    command: [
      'node',
      'conformance/src/cli.ts',
      'run',
      '--config',
      'conformance/conformance.config.ts',
      '--strict',
      '--reporter',
      'terminal',
      '--reporter',
      `json=${reportOf('conformance')}`,
    ],
    count: countSuite,
  },
  {
    name: 'fuzz',
    what: 'a short campaign with a fixed seed, in the verifier and in every server',
    command: [
      'node',
      'conformance/fuzz/cli.ts',
      '--cases',
      '30000',
      '--http-cases',
      '700',
      '--seed',
      '1',
    ],
  },
  {
    name: 'simulation',
    what: 'core in simulated worlds where everything fails, from a fixed seed',
    command: ['node', 'conformance/simulation/cli.ts', '--seeds', '2000', '--seed', '1'],
  },
  {
    name: 'crash',
    what: 'a server that is killed again and again, on SQLite, PostgreSQL and pg-boss',
    command: ['node', 'conformance/crash/cli.ts', '--kills', '36', '--seed', '1'],
  },
  {
    name: 'packed',
    what: 'the packed tarballs, as somebody installs them',
    command: vitest('packed'),
    count: countVitest,
  },
  {
    name: 'apps',
    what: 'every example starts and answers',
    command: vitest('apps'),
    count: countVitest,
  },
  {
    name: 'kill-matrix',
    what: 'the suite, against targets with planted defects',
    command: [
      'node',
      'conformance/mutants/kill-matrix.ts',
      '--json',
      reportOf('kill-matrix'),
    ],
    count: countKillMatrix,
  },
]

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    help: { type: 'boolean', short: 'h' },
  },
})
try {
  process.exitCode = values.help === true ? printHelp() : await runSteps(values.only)
} finally {
  await rm(folder, { recursive: true })
}

function printHelp(): number {
  console.log('Usage: npm test -- [--only <step>]…\n\nSteps:')
  for (const { name, what } of steps) console.log(`  ${name.padEnd(12)} ${what}`)
  return 0
}

async function runSteps(only: readonly string[] | undefined): Promise<number> {
  const unknown = only?.find((wanted) => !steps.some(({ name }) => name === wanted))
  if (unknown !== undefined) {
    console.error(`There is no step "${unknown}". npm test -- --help lists them.`)
    return 2
  }
  const chosen = steps.filter(({ name }) => only?.includes(name) ?? true)
  const rows: string[] = []
  let passed = 0
  let failed = 0
  for (const [index, step] of chosen.entries()) {
    if (ended) break
    console.log(`\n[${index + 1}/${chosen.length}] ${step.name}: ${step.what}`)
    const began = performance.now()
    const exitCode = await run(step.command)
    const counts = await countsOf(step, exitCode)
    passed += counts.passed
    failed += counts.failed
    const seconds = ((performance.now() - began) / 1000).toFixed(1)
    rows.push(
      `${counts.failed === 0 ? '✔' : '✗'} ${step.name.padEnd(12)} ${String(counts.passed).padStart(5)} passed ${String(counts.failed).padStart(3)} failed ${seconds.padStart(6)} s`,
    )
  }
  if (ended) failed += 1
  console.log(`\n${rows.join('\n')}\n\n${passed} passed, ${failed} failed`)
  return failed === 0 ? 0 : 1
}

/** A command that fails counts as a failure, whatever its report says or if there is none. */
async function countsOf({ name, count }: Step, exitCode: number): Promise<Counts> {
  const alone = { passed: exitCode === 0 ? 1 : 0, failed: exitCode === 0 ? 0 : 1 }
  if (count === undefined) return alone
  try {
    const { passed, failed } = count(JSON.parse(await readFile(reportOf(name), 'utf8')))
    return { passed, failed: Math.max(failed, alone.failed) }
  } catch (error) {
    console.error(`${name} left no report that can be read: ${error}`)
    return { passed: 0, failed: 1 }
  }
}

function vitest(project: string): readonly [string, ...string[]] {
  const report = `--outputFile.json=${reportOf(project)}`
  const reporters = ['--reporter=default', '--reporter=json']
  return ['vitest', 'run', '--project', project, ...reporters, report]
}

function reportOf(name: string): string {
  return join(folder, `${name}.json`)
}

function run([command, ...args]: readonly [string, ...string[]]): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: 'inherit',
      shell: process.platform === 'win32',
    })
    const passOn = (signal: NodeJS.Signals) => {
      ended = true
      child.kill(signal)
    }
    process.on('SIGINT', passOn).on('SIGTERM', passOn)
    const end = (code: number) => {
      process.off('SIGINT', passOn).off('SIGTERM', passOn)
      resolve(code)
    }
    child.on('error', (error) => {
      console.error(`${command} could not be started: ${error.message}`)
      end(1)
    })
    child.on('exit', (code) => end(code ?? 1))
  })
}
