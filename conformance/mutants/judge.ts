import { loadProfile } from '../src/catalogue/profile.ts'
import type { TargetReport } from '../src/report/report.ts'
import type { Mutant } from './mutant.ts'
import type { Trivial } from './trivial.ts'

/** The figures of a run, as other programs read them. */
export interface KillMatrix {
  readonly checks: { readonly total: number; readonly killed: number }
  readonly mutants: { readonly total: number; readonly killed: number }
  readonly benign: { readonly total: number; readonly green: number }
  readonly trivial: { readonly total: number; readonly caught: number }
  /** Of the contract of stores. */
  readonly stores: {
    readonly statements: { readonly total: number; readonly killed: number }
    readonly mutants: { readonly total: number; readonly killed: number }
  }
  /** Mutants that did not fail as they say, and checks and statements that no mutant killed. */
  readonly survivors: readonly string[]
  readonly durationMs: number
}

export interface Judgement {
  /** The checks that failed with the message that the mutant names. */
  readonly killed: readonly string[]
  /** Every way in which the run differs from what the mutant names. */
  readonly problems: readonly string[]
}

/** Holds what a mutant failed against what it says it fails: no more and no less. INFO does not count. */
export function judgeMutant(
  { kills }: Pick<Mutant, 'kills'>,
  report: Pick<TargetReport, 'checks' | 'problem'>,
): Judgement {
  if (report.problem !== undefined) return { killed: [], problems: [report.problem] }
  const expectedOf = new Map(
    Object.entries(kills).flatMap(([message, ids]) => ids.map((id) => [id, message])),
  )
  const problems: string[] = []
  const killed: string[] = []
  for (const { id, level, outcome, message = '' } of report.checks) {
    if (level === 'INFO') continue
    const expected = expectedOf.get(id)
    if (outcome === 'failed' && expected !== undefined) {
      if (message.includes(expected)) killed.push(id)
      else problems.push(`${id} failed with "${message}", expected "${expected}"`)
    } else if (outcome === 'failed' || outcome === 'errored') {
      problems.push(`${id} ${outcome} as well: "${message}"`)
    } else if (expected !== undefined) {
      problems.push(`${id} ${outcome}`)
    }
  }
  for (const id of expectedOf.keys()) {
    if (!report.checks.some((check) => check.id === id))
      problems.push(`${id} did not run`)
  }
  if (expectedOf.size === 0) problems.push('it names no check')
  return { killed, problems }
}

/** How a trivial target was missed, or `undefined` when it was caught as it should be. */
export function judgeTrivial(
  { name, problem: expected }: Trivial,
  { verdict, problem = '' }: Pick<TargetReport, 'problem' | 'verdict'>,
): string | undefined {
  const isCaught =
    expected === undefined
      ? verdict === 'non-conformant' && problem === ''
      : verdict === 'incomplete' && problem.includes(expected)
  return isCaught ? undefined : `trivial target ${name} is ${verdict} (${problem})`
}

/** The ids of the checks that have to be killed: all but INFO. */
export function countedChecks(): readonly string[] {
  return Object.entries(loadProfile().levels)
    .filter(([, level]) => level !== 'INFO')
    .map(([id]) => id)
}

/** What is wrong with a target that should be green, or an empty list. */
export function redChecks({ checks, problem }: TargetReport): readonly string[] {
  if (problem !== undefined) return [problem]
  return checks
    .filter(
      ({ outcome, level }) =>
        outcome !== 'passed' && outcome !== 'inapplicable' && level !== 'INFO',
    )
    .map(({ id, message }) => `${id} (${message})`)
}
