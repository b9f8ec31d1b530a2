// Proves the suite: every check is killed by a mutant that is not trivial, every mutant
// fails exactly the checks that it names, benign controls stay green, and trivial
// targets are never green. Proves the contract of stores in the same way.
import { writeFile } from 'node:fs/promises'
import { matchesGlob } from 'node:path'
import { startStripeMock } from '@countersign/stripe-mock'
import { Command } from 'commander'
import { startPostgres } from 'countersign-postgres-server'
import { exitOnSignals } from '../src/cli/exit-on-signals.ts'
import { benignControls } from './benign.ts'
import { HostPool } from './host/host-pool.ts'
import { judgeMutant, judgeTrivial, type KillMatrix, redChecks } from './judge.ts'
import { createRunner, type Runner } from './run-variant.ts'
import { nameOf, openStoreMatrix, type StoreMatrix } from './stores/store-matrix.ts'
import { storeMutants } from './stores/store-mutants.ts'
import { suiteMutants } from './suite-mutants.ts'
import { trivialMutants } from './trivial.ts'

/** How many targets are under way at once. */
const CONCURRENCY = 5

const { json, only } = new Command('kill-matrix')
  .description('Proves the conformance suite with mutants of its reference targets')
  .option('--json <file>', 'write the figures to a file')
  .option(
    '--only <glob>',
    'run only mutants whose id matches; those of stores are memory/*, sqlite/* and postgres/*',
    '*',
  )
  .parse()
  .opts<{ json?: string; only: string }>()

const isWhole = only === '*'
const wanted = suiteMutants.filter(({ id }) => matchesGlob(id, only))
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
  const postgres = await startPostgres()
  // Every host inherits it, and whoever else needs one takes it.
  process.env.DATABASE_URL = postgres.url
  const pool = new HostPool()
  const stores = await openStoreMatrix(
    storeMutants.filter((mutant) => isWhole || matchesGlob(nameOf(mutant), only)),
  )
  try {
    const runner = createRunner(stripeMock.url, pool)
    if (wanted.length > 0) await runner.prepare(report)
    return await run(runner, stores)
  } finally {
    await stores.close()
    await pool.close()
    await postgres.stop()
    await stripeMock.stop()
  }
}

async function run(runner: Runner, stores: StoreMatrix): Promise<number> {
  const began = performance.now()
  const problems: string[] = []
  if (wanted.length + stores.tasks.length === 0) {
    report(`no mutant matches ${only}`)
    return 2
  }
  const controls = isWhole ? benignControls : []
  const trivial = isWhole ? trivialMutants : []
  const unchanged = wanted.length > 0 ? runner.references : []
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
    ...unchanged.map(({ name, run }) => async () => {
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
    ...stores.tasks,
  ])

  const unkilled = isWhole ? runner.countedChecks.filter((id) => !killed.has(id)) : []
  for (const id of unkilled) problems.push(`check ${id} is killed by no mutant`)
  const broken = stores.result(isWhole)
  problems.push(...broken.problems)
  const total = runner.countedChecks.length
  const matrix: KillMatrix = {
    checks: { total, killed: total - unkilled.length },
    mutants: { total: wanted.length, killed: wanted.length - survivors.length },
    benign: { total: controls.length, green },
    trivial: { total: trivial.length, caught },
    stores: broken.figures,
    survivors: [...survivors, ...unkilled, ...broken.survivors],
    durationMs: Math.round(performance.now() - began),
  }
  for (const problem of problems) say(`✗ ${problem}`)
  if (problems.length > 0) say('')
  say(`references  ${references} of ${unchanged.length} green`)
  if (isWhole) say(`checks      ${matrix.checks.killed} of ${total} killed`)
  say(
    `mutants     ${matrix.mutants.killed} of ${wanted.length} killed, each by exactly the checks that it names`,
  )
  say(`benign      ${green} of ${controls.length} green`)
  say(`trivial     ${caught} of ${trivial.length} caught`)
  const { statements, mutants: stored } = broken.figures
  if (isWhole)
    say(`statements  ${statements.killed} of ${statements.total} on stores killed`)
  say(`stores      ${stored.killed} of ${stored.total} broken ones killed`)
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
