import { writeFileSync } from 'node:fs'
import { Argument, Command, CommanderError, InvalidArgumentError } from 'commander'
import { adapters } from '../benchmarks/adapters.ts'
import { emulator } from '../benchmarks/emulator.ts'
import { engine } from '../benchmarks/engine.ts'
import { growth } from '../benchmarks/growth.ts'
import { inboxPostgres } from '../benchmarks/inbox-postgres.ts'
import { inboxSqlite } from '../benchmarks/inbox-sqlite.ts'
import { memory } from '../benchmarks/memory.ts'
import { reject } from '../benchmarks/reject.ts'
import { server } from '../benchmarks/server.ts'
import { verify } from '../benchmarks/verify.ts'
import type { Benchmark } from './benchmark.ts'
import { isMet, type Result, toJson, toTable } from './report.ts'

const benchmarks: ReadonlyMap<string, Benchmark> = new Map(
  Object.entries({
    verify,
    reject,
    server,
    adapters,
    memory,
    emulator,
    'inbox-sqlite': inboxSqlite,
    'inbox-postgres': inboxPostgres,
    engine,
    growth,
  }),
)

const FEWEST_ROUNDS = 9
const QUICK_ROUNDS = 2

interface Options {
  readonly json?: string
  readonly rounds?: number
  readonly quick?: boolean
  readonly strict?: boolean
}

/** Runs the command line and gives the exit code: 1 for a goal that is missed with `--strict`, 2 for wrong usage, 3 for a benchmark that failed. */
export async function runCli(args: readonly string[]): Promise<0 | 1 | 2 | 3> {
  let allMet = true
  const program = new Command('bench')
    .description(
      'Measures Countersign against its peers, both sides in alternating rounds of the same run',
    )
    .addArgument(
      new Argument('[name...]', 'what to measure; without it, everything').choices([
        ...benchmarks.keys(),
      ]),
    )
    .option('--json <file>', 'write the results to a file too')
    .option(
      '--rounds <n>',
      `how often to measure each side, at least ${FEWEST_ROUNDS} (default: ${FEWEST_ROUNDS})`,
      toRounds,
    )
    .option('--quick', 'a few short rounds: shows that it works, and measures nothing')
    .option('--strict', 'exit with 1 when a goal is missed')
    .exitOverride()
    .showHelpAfterError('(--help lists the options)')
    .action(async (names: readonly string[], options: Options) => {
      allMet = await runAll(names.length > 0 ? names : [...benchmarks.keys()], options)
    })
  try {
    await program.parseAsync([...args], { from: 'user' })
    return allMet ? 0 : 1
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    process.stderr.write(
      `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    )
    return 3
  }
}

function toRounds(text: string): number {
  const rounds = Number(text)
  if (Number.isInteger(rounds) && rounds >= FEWEST_ROUNDS && rounds <= 1_000)
    return rounds
  throw new InvalidArgumentError(
    `Give a whole number from ${FEWEST_ROUNDS} to 1000: the median of fewer rounds says little.`,
  )
}

/** Gives whether `--strict` has nothing to complain of. */
async function runAll(
  names: readonly string[],
  { json, rounds: given = FEWEST_ROUNDS, quick = false, strict = false }: Options,
): Promise<boolean> {
  const rounds = quick ? QUICK_ROUNDS : given
  const results: Result[] = []
  for (const name of names) {
    const benchmark = benchmarks.get(name)
    if (benchmark === undefined) throw new Error(`There is no benchmark "${name}".`)
    const onProgress = (line: string) => void process.stderr.write(`${name}: ${line}\n`)
    const figures = await benchmark.run({ rounds, quick, onProgress })
    const result = { name, rounds, figures }
    results.push(result)
    process.stdout.write(`${toTable(result, benchmark, quick)}\n`)
  }
  if (json !== undefined) {
    writeFileSync(json, `${JSON.stringify(toJson(results), null, 2)}\n`)
  }
  const missed = results
    .flatMap(({ figures }) => figures)
    .filter((figure) => figure.goal !== undefined && !isMet(figure, figure.goal))
  if (missed.length > 0) {
    process.stdout.write(
      `Goals missed: ${missed.length} (${missed.map(({ id }) => id).join(', ')})\n`,
    )
  }
  return !strict || missed.length === 0
}
