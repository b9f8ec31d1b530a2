import process from 'node:process'
import { startPostgres } from 'countersign-postgres-server'
import type { CheckResult } from '../../src/report/report.ts'
import { storeContract } from '../../stores/contract.ts'
import type { StatementResult } from '../../stores/run-contract.ts'
import { judgeMutant, type KillMatrix } from '../judge.ts'
import { StoreHosts } from './store-hosts.ts'
import type { StoreMutant } from './store-mutant.ts'

/** What broken stores have shown so far. */
export interface StoreMatrix {
  /** One for each mutant. They may run at the same time. */
  readonly tasks: readonly (() => Promise<void>)[]
  /** After all tasks. @param isWhole Whether every mutant was run, so that every statement has to be killed. */
  readonly result: (isWhole: boolean) => {
    readonly figures: KillMatrix['stores']
    readonly problems: readonly string[]
    readonly survivors: readonly string[]
  }
  readonly close: () => Promise<void>
}

/** Prepares to hold broken stores against the contract, with a PostgreSQL if one of them needs it. */
export async function openStoreMatrix(
  mutants: readonly StoreMutant[],
): Promise<StoreMatrix> {
  const needsPostgres = mutants.some(({ store }) => store === 'postgres')
  // Nothing here outlives its server.
  const settings = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }
  const postgres = needsPostgres ? await startPostgres({ settings }) : undefined
  const hosts = new StoreHosts({
    ...process.env,
    ...(postgres && { COUNTERSIGN_TEST_POSTGRES: postgres.url }),
  })
  const killed = new Set<string>()
  const problems: string[] = []
  const survivors: string[] = []

  async function run(mutant: StoreMutant): Promise<void> {
    const answer = await hosts.run(mutant)
    const report =
      'problem' in answer
        ? { checks: [], problem: answer.problem }
        : { checks: answer.results.map(toCheckResult) }
    const judgement = judgeMutant(mutant, report)
    for (const id of judgement.killed) killed.add(id)
    if (judgement.problems.length === 0) return
    survivors.push(nameOf(mutant))
    for (const problem of judgement.problems)
      problems.push(`store ${nameOf(mutant)}: ${problem}`)
  }

  return {
    tasks: mutants.map((mutant) => () => run(mutant)),
    result(isWhole) {
      const total = storeContract.length
      const unkilled = isWhole
        ? storeContract.map(({ id }) => id).filter((id) => !killed.has(id))
        : []
      return {
        figures: {
          statements: { total, killed: total - unkilled.length },
          mutants: { total: mutants.length, killed: mutants.length - survivors.length },
        },
        problems: [
          ...problems,
          ...unkilled.map((id) => `statement ${id} is killed by no mutant`),
        ],
        survivors: [...survivors, ...unkilled],
      }
    },
    async close() {
      await hosts.close()
      await postgres?.stop()
    },
  }
}

/** As `--only` asks for it: `memory/mode-left-out`. */
export function nameOf({ store, id }: StoreMutant): string {
  return `${store}/${id}`
}

/** Every statement counts: there are no levels. */
function toCheckResult({ id, outcome, message }: StatementResult): CheckResult {
  return {
    id,
    level: 'MUST',
    outcome: outcome === 'left-out' ? 'inapplicable' : outcome,
    durationMs: 0,
    ...(message !== undefined && { message }),
  }
}
