import type { CheckResult, Outcome, Verdict } from './report.ts'

export interface VerdictFacts {
  /** A filter was given, so that checks were left out. */
  readonly isFiltered: boolean
  /** The target runs outside of this run: no restart, no logs, no emulator. */
  readonly isRemote: boolean
  /** Requests to Stripe were not validated. */
  readonly isWithoutStripeMock: boolean
}

const unsettled: readonly Outcome[] = ['untestable', 'errored', 'skipped']

/** Judges the results of one target. What did not run never counts as passed. */
export function verdictOf(results: readonly CheckResult[], facts: VerdictFacts): Verdict {
  const of = (level: string) => results.filter((result) => result.level === level)
  const hasFailed = (result: CheckResult) => result.outcome === 'failed'
  const isUnsettled = ({ outcome }: CheckResult) => unsettled.includes(outcome)
  if (of('MUST').some(hasFailed)) return 'non-conformant'
  if (results.length === 0 || facts.isWithoutStripeMock) return 'incomplete'
  if (facts.isRemote || facts.isFiltered) {
    return of('MUST').some(({ outcome }) => outcome === 'errored')
      ? 'incomplete'
      : 'partial'
  }
  if (of('MUST').some(isUnsettled)) return 'incomplete'
  const strict = !of('SHOULD').some((result) => hasFailed(result) || isUnsettled(result))
  return strict ? 'conformant-strict' : 'conformant'
}

/** The exit code of a run: 0 ok, 1 a promise is broken, 3 nothing can be said. */
export function exitCodeOf(
  targets: readonly {
    readonly verdict: Verdict
    readonly checks: readonly CheckResult[]
  }[],
  isStrict: boolean,
): 0 | 1 | 3 {
  const verdicts = targets.map(({ verdict }) => verdict)
  if (verdicts.includes('non-conformant')) return 1
  if (verdicts.length === 0 || verdicts.includes('incomplete')) return 3
  if (isStrict && verdicts.some((verdict) => verdict !== 'conformant-strict')) return 1
  return 0
}
