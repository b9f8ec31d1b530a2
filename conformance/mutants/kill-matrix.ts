// Proves the suite: every check is killed by a mutant that is not trivial, every mutant
// fails exactly the checks that it names, benign controls stay green, and trivial
// targets are never green.
import { writeFile } from 'node:fs/promises'
import { matchesGlob } from 'node:path'
import { startStripeMock } from '@countersign/stripe-mock'
import { Command } from 'commander'
import { exitOnSignals } from '../src/cli/exit-on-signals.ts'
import { adapterMutants } from './adapters.ts'
import { applicationMutants } from './application.ts'
import { benignControls } from './benign.ts'
import { cardMutants } from './cards.ts'
import { deliveryMutants } from './deliveries.ts'
import { HostPool } from './host/host-pool.ts'
import { hostileMutants } from './hostile.ts'
import { httpMutants } from './http.ts'
import { judgeMutant, judgeTrivial, type KillMatrix, redChecks } from './judge.ts'
import type { Mutant } from './mutant.ts'
import { paymentFaultMutants } from './payment-faults.ts'
import { processingMutants } from './processing.ts'
import { createRunner, type Runner } from './run-variant.ts'
import { signatureBodyMutants } from './signature-body.ts'
import { signatureHeaderMutants } from './signature-header.ts'
import { signatureJudgementMutants } from './signature-judgement.ts'
import { trivialMutants } from './trivial.ts'

const mutants: readonly Mutant[] = [
  ...signatureHeaderMutants,
  ...signatureJudgementMutants,
  ...signatureBodyMutants,
  ...httpMutants,
  ...hostileMutants,
  ...processingMutants,
  ...deliveryMutants,
  ...adapterMutants,
  ...applicationMutants,
  ...cardMutants,
  ...paymentFaultMutants,
]

/** How many targets are under way at once. */
const CONCURRENCY = 5

const { json, only } = new Command('kill-matrix')
  .description('Proves the conformance suite with mutants of its reference targets')
  .option('--json <file>', 'write the figures to a file')
  .option('--only <glob>', 'run only mutants whose id matches', '*')
  .parse()
  .opts<{ json?: string; only: string }>()

const say = (line: string) => process.stdout.write(`${line}\n`)
exitOnSignals()
const report = (line: string) => process.stderr.write(`${line}\n`)
process.exitCode = await start()

/** Exit codes: 0 proven; 1 a survivor; 2 usage; 3 nothing can be said, for example without stripe-mock. */
async function start(): Promise<number> {
  const stripeMock = await startStripeMock({ onProgress: report }).catch(
    (error: unknown) => void report(error instanceof Error ? error.message : `${error}`),
  )
  if (stripeMock === undefined) return 3
  const pool = new HostPool()
  try {
    const runner = createRunner(stripeMock.url, pool)
    await runner.prepare(report)
    return await run(runner)
  } finally {
    await pool.close()
    await stripeMock.stop()
  }
}

async function run(runner: Runner): Promise<number> {
  const began = performance.now()
  const problems: string[] = []
  const isWhole = only === '*'
  const wanted = mutants.filter(({ id }) => matchesGlob(id, only))
  if (wanted.length === 0) {
    report(`no mutant matches ${only}`)
    return 2
  }
  const controls = isWhole ? benignControls : []
  const trivial = isWhole ? trivialMutants : []
  const killed = new Set<string>()
  const survivors: string[] = []
  let references = 0
  let green = 0
  let caught = 0

  // The trivial ones come first: one of them hangs until its time is up.
  await inParallel([
    ...trivial.map((expected) => async () => {
      const miss = judgeTrivial(expected, await runner.trivial(expected.name))
      if (miss === undefined) caught += 1
      else problems.push(miss)
    }),
    ...runner.references.map(({ name, run }) => async () => {
      const red = redChecks(await run())
      if (red.length === 0) references += 1
      else problems.push(`the reference ${name} is not green: ${red.join(', ')}`)
    }),
    ...controls.map((benign) => async () => {
      const red = redChecks(await runner.mutant(benign))
      if (red.length === 0) green += 1
      else problems.push(`benign control ${benign.id} is not green: ${red.join(', ')}`)
    }),
    ...wanted.map((mutant) => async () => {
      const judgement = judgeMutant(mutant, await runner.mutant(mutant))
      for (const id of judgement.killed) killed.add(id)
      if (judgement.problems.length > 0) survivors.push(mutant.id)
      for (const problem of judgement.problems)
        problems.push(`mutant ${mutant.id}: ${problem}`)
    }),
  ])

  const unkilled = isWhole ? runner.countedChecks.filter((id) => !killed.has(id)) : []
  for (const id of unkilled) problems.push(`check ${id} is killed by no mutant`)
  const total = runner.countedChecks.length
  const matrix: KillMatrix = {
    checks: { total, killed: total - unkilled.length },
    mutants: { total: wanted.length, killed: wanted.length - survivors.length },
    benign: { total: controls.length, green },
    trivial: { total: trivial.length, caught },
    survivors: [...survivors, ...unkilled],
    durationMs: Math.round(performance.now() - began),
  }
  for (const problem of problems) say(`✗ ${problem}`)
  if (problems.length > 0) say('')
  say(`references  ${references} of ${runner.references.length} green`)
  if (isWhole) say(`checks      ${matrix.checks.killed} of ${total} killed`)
  say(
    `mutants     ${matrix.mutants.killed} of ${wanted.length} killed, each by exactly the checks that it names`,
  )
  say(`benign      ${green} of ${controls.length} green`)
  say(`trivial     ${caught} of ${trivial.length} caught`)
  say(`${(matrix.durationMs / 1000).toFixed(1)} s`)
  if (json !== undefined) await writeFile(json, `${JSON.stringify(matrix, null, 2)}\n`)
  return problems.length === 0 ? 0 : 1
}

async function inParallel(tasks: readonly (() => Promise<void>)[]): Promise<void> {
  const queue = tasks.values()
  await Promise.all(
    Array.from({ length: CONCURRENCY }, async () => {
      for (const task of queue) await task()
    }),
  )
}
