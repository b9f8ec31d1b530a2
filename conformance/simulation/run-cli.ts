import { randomInt } from 'node:crypto'
import process from 'node:process'
import { Command } from 'commander'
import { seedNumber, wholeNumber } from '../command-line/number-flags.ts'
import { createProgress } from '../command-line/progress.ts'
import { type ExitCode, runProgram } from '../command-line/run-program.ts'
import { describeViolation } from './describe-violation.ts'
import { runCampaign } from './run-campaign.ts'
import { simulate } from './simulate.ts'

interface Flags {
  readonly seeds: number
  readonly seed: number
  readonly trace?: true
}

/** Runs the command line and gives the exit code. Never rejects. */
export function runCli(args: readonly string[]): Promise<ExitCode> {
  return runProgram<Flags>(createProgram(), args, (flags) =>
    flags.trace === true ? trace(flags) : run(flags),
  )
}

function createProgram(): Command {
  return new Command('npm run simulate --')
    .description(
      'Runs core in simulated worlds where processes crash, the store fails, clocks jump and Stripe delivers in any order, and looks whether its promises hold',
    )
    .option('--seeds <n>', 'how many worlds', wholeNumber, 10_000)
    .option(
      '--seed <n>',
      'the first seed; a world is the same for the same seed',
      seedNumber,
      randomInt(2 ** 31),
    )
    .option('--trace', 'run the world of --seed alone, and print every step')
    .exitOverride()
    .showHelpAfterError('(--help lists the options)')
}

async function run({ seeds, seed }: Flags): Promise<ExitCode> {
  process.stderr.write(`seed ${seed}\n`)
  const began = performance.now()
  const { done, steps, failed } = await runCampaign({
    seeds,
    firstSeed: seed,
    onProgress: createProgress('simulation'),
  })
  if (failed !== undefined) {
    // The worlds are the same each time, so only the one that matters is traced.
    say(describeViolation(await simulate(failed.seed, { isTraced: true })))
  }
  const seconds = (performance.now() - began) / 1_000
  const verdict = failed === undefined ? 'every promise held' : 'a promise was broken'
  say(
    `simulation: ${done} worlds with ${steps} steps, ${verdict}, seeds from ${seed}, ${seconds.toFixed(1)} s, ${Math.round(done / seconds)} worlds a second`,
  )
  return failed === undefined ? 0 : 1
}

async function trace({ seed }: Flags): Promise<ExitCode> {
  const simulation = await simulate(seed, { isTraced: true })
  say(simulation.trace.join('\n'))
  say(JSON.stringify(simulation.plan, null, 2))
  if (simulation.violation === undefined) return 0
  say(`✗ ${simulation.violation.invariant}: ${simulation.violation.what}`)
  return 1
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
