import { randomInt } from 'node:crypto'
import process from 'node:process'
import { Command, InvalidArgumentError, Option } from 'commander'
import { seedNumber, wholeNumber } from '../command-line/number-flags.ts'
import { createProgress } from '../command-line/progress.ts'
import { type ExitCode, runProgram } from '../command-line/run-program.ts'
import { describeDifference, describeViolation } from './describe-failure.ts'
import { findBlindness } from './find-blindness.ts'
import { runCampaign as runHttpCampaign } from './http/run-campaign.ts'
import { subjects as targets } from './http/subjects.ts'
import { replay, runCampaign } from './verifier/run-campaign.ts'
import type { SubjectName } from './verifier/subjects.ts'

interface Flags {
  readonly cases: number
  readonly httpCases?: number
  readonly seed: number
  readonly only?: 'verifier' | 'http'
  readonly target?: readonly string[]
  readonly case?: number
  readonly subject: SubjectName
  readonly path?: string
}

/** Runs the command line and gives the exit code. Never rejects. */
export function runCli(args: readonly string[]): Promise<ExitCode> {
  return runProgram(createProgram(), args, run)
}

function createProgram(): Command {
  const names = targets.map(({ name }) => name)
  return new Command('npm run fuzz --')
    .description(
      'Looks for input on which a verifier or a server of Countersign does what it must not',
    )
    .option('--cases <n>', 'cases for the verifier', wholeNumber, 100_000)
    .option(
      '--http-cases <n>',
      'connections to the targets, spread over them (default: cases / 100)',
      wholeNumber,
    )
    .option(
      '--seed <n>',
      'the same seed gives the same cases',
      seedNumber,
      randomInt(2 ** 31),
    )
    .addOption(new Option('--only <part>', 'run one part').choices(['verifier', 'http']))
    .addOption(
      new Option(
        '--target <name...>',
        'run these targets (repeatable; default: all)',
      ).choices(names),
    )
    .option('--case <n>', 'run one HTTP case again', wholeNumber)
    .addOption(
      new Option('--subject <name>', 'what --path belongs to')
        .choices(['node', 'web', 'receive'])
        .default('node'),
    )
    .option(
      '--path <path>',
      'run one verifier case again, as a failure has printed it',
      casePath,
    )
    .exitOverride()
    .showHelpAfterError('(--help lists the options)')
}

async function run(flags: Flags): Promise<ExitCode> {
  const { cases, httpCases = Math.ceil(cases / 100), seed, only } = flags
  const began = performance.now()
  process.stderr.write(`seed ${seed}\n`)
  const parts: string[] = []
  let isFine = true
  if (only !== 'http' && flags.case === undefined) {
    const done = await fuzzVerifier(flags)
    isFine = done !== undefined
    parts.push(`${done ?? 'some'} verifier cases`)
  }
  if (isFine && only !== 'verifier' && flags.path === undefined) {
    const done = await fuzzTargets(flags, httpCases)
    isFine = done !== undefined
    parts.push(`${done ?? 'some'} HTTP cases`)
  }
  const seconds = Math.round((performance.now() - began) / 1000)
  const verdict = isFine ? 'no difference' : 'a difference'
  say(`fuzz: ${parts.join(' and ')}, ${verdict}, seed ${seed}, ${seconds} s`)
  return isFine ? 0 : 1
}

/** Gives how many cases there were, or nothing when there was a difference. */
async function fuzzVerifier({
  cases,
  seed,
  subject,
  path,
}: Flags): Promise<number | undefined> {
  const onProgress = createProgress('verifier')
  const result =
    path === undefined
      ? await runCampaign({ cases, seed, onProgress })
      : await replay(subject, seed, path)
  const { done, shares, failed } = result
  if (path === undefined && done.node > 0) {
    const percent = (count: number) => `${((count / done.node) * 100).toFixed(1)} %`
    const list = Object.entries(shares).map(
      ([name, count]) => `${name} ${percent(count)}`,
    )
    say(`verifier: ${list.join(', ')}`)
    say(`  and ${done.web} cases with Web Crypto, ${done.receive} through a receiver`)
  }
  if (failed !== undefined) {
    say(describeDifference(failed))
    return undefined
  }
  const blindness = findBlindness(result)
  if (blindness === undefined) return path === undefined ? done.node : 1
  say(`✗ the campaign is blind: ${blindness}`)
  return undefined
}

async function fuzzTargets(flags: Flags, cases: number): Promise<number | undefined> {
  const { seed, target } = flags
  const results = await runHttpCampaign({
    subjects: targets.filter(({ name }) => target?.includes(name) ?? true),
    seed,
    cases,
    ...(flags.case !== undefined && { only: flags.case }),
    onProgress: createProgress('HTTP'),
    onNotice: (line) => process.stderr.write(`${line}\n`),
  })
  for (const { subject, done, acted, memory } of results) {
    const inMegabytes = memory?.map((bytes) => (bytes / 1_000_000).toFixed(1))
    const note =
      inMegabytes === undefined ? '' : `, ${inMegabytes.join(' MB, then ')} MB in use`
    say(`${subject.name}: ${done} cases, ${acted} events acted${note}`)
  }
  const broken = results.filter(({ violation }) => violation !== undefined)
  for (const result of broken) say(describeViolation(result, seed))
  if (broken.length > 0) return undefined
  return results.reduce((sum, { done }) => sum + done, 0)
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

function casePath(text: string): string {
  if (/^\d+(:\d+)*$/.test(text)) return text
  throw new InvalidArgumentError('Give the path that a failure has printed: 12:0:3.')
}
