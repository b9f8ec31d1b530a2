import { type Command, InvalidArgumentError } from 'commander'
import { catalogue } from '../catalogue/catalogue.ts'
import { CURRENT_PROFILE } from '../catalogue/profile.ts'
import { exitCodeOf } from '../report/verdict.ts'
import { runSuite } from '../runner/run-suite.ts'
import type { ExitCode } from './exit-code.ts'
import { profileOrUsageError } from './explain.ts'
import { createFilter } from './filter.ts'
import { parseReporters, writeReports } from './report-outputs.ts'
import { reproduceCommand } from './reproduce.ts'
import type { RunFlags } from './run-flags.ts'
import { selectRuns } from './select-runs.ts'

/** `countersign-conformance run`. */
export function addRunCommand(program: Command, exit: (code: ExitCode) => void): void {
  const collect = (value: string, before: readonly string[]) => [
    ...before,
    ...value.split(','),
  ]
  program
    .command('run', { isDefault: true })
    .description('run the suite against targets')
    .option(
      '--config <file>',
      'module that names the targets (default: conformance.config.ts or .js)',
    )
    .option(
      '--command <command>',
      'a target of any language: the command that starts its server',
    )
    .option(
      '--url <url>',
      'a target that runs already; its secrets come from CONFORMANCE_TOKEN and STRIPE_WEBHOOK_SECRETS',
    )
    .option(
      '--target <name>',
      'run this target of the configuration (repeatable)',
      collect,
      [],
    )
    .option('--variant <name>', 'run this variant (repeatable)', collect, [])
    .option(
      '--only <glob>',
      'run these checks, and what they depend on (repeatable)',
      collect,
      [],
    )
    .option('--skip <glob>', 'leave these checks out (repeatable)', collect, [])
    .option('--profile <name>', 'checks and levels', CURRENT_PROFILE)
    .option('--strict', 'fail on a SHOULD as well')
    .option(
      '--repeat <n>',
      'run everything this many times, and stop at the first failure',
      count,
      1,
    )
    .option('--seed <n>', 'decides the order in which checks begin', integer, 1)
    .option(
      '--timeout <ms>',
      'how long a target may take to answer a request',
      count,
      10_000,
    )
    .option(
      '--start-timeout <ms>',
      'how long a target may take until its manifest answers',
      count,
      30_000,
    )
    .option(
      '--reporter <list>',
      'terminal, json=FILE, junit=FILE (repeatable)',
      collect,
      [],
    )
    .option(
      '--stripe-mock <where>',
      'a URL where it runs, the path of a binary, or off (the verdict is then incomplete)',
    )
    .action(async (flags: RunFlags) => exit(await run(flags)))
}

async function run(flags: RunFlags): Promise<ExitCode> {
  const outputs = parseReporters(flags.reporter)
  const profile = profileOrUsageError(flags.profile)
  const filter = createFilter(flags, catalogue)
  const runs = await selectRuns(flags)
  const isTerminal = outputs.some(({ name }) => name === 'terminal')
  const say = (line: string) => {
    process.stderr.write(`${line}\n`)
  }
  for (let round = 1; ; round++) {
    const seed = flags.seed + round - 1
    const report = await runSuite({
      runs,
      profile,
      ...(flags.stripeMock !== undefined && { stripeMock: flags.stripeMock }),
      ...filter,
      seed,
      reproduceOf: ({ name: target, variant }, id) =>
        reproduceCommand(flags, { target, variant, id, seed }),
      timeoutMs: flags.timeout,
      startTimeoutMs: flags.startTimeout,
      settleMs: 1_000,
      onProgress: say,
      onTarget: ({ name, variant, verdict, durationMs }) => {
        if (process.stderr.isTTY)
          say(`${name} (${variant}): ${verdict} in ${durationMs} ms`)
      },
    })
    const code = exitCodeOf(report.targets, flags.strict ?? false)
    const isLast = round === flags.repeat || code !== 0
    if (isLast) {
      await writeReports(outputs, report)
      if (flags.repeat > 1) say(`${round} of ${flags.repeat} rounds run`)
      return code
    }
    if (isTerminal && round % 10 === 0)
      say(`round ${round} of ${flags.repeat}: nothing failed`)
  }
}

function integer(value: string): number {
  if (/^\d{1,9}$/.test(value)) return Number(value)
  throw new InvalidArgumentError('It must be a whole number.')
}

function count(value: string): number {
  const number = integer(value)
  if (number > 0) return number
  throw new InvalidArgumentError('It must be at least 1.')
}
