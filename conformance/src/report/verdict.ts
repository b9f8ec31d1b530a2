import type { CheckResult, Outcome, Verdict } from './report.ts'

export interface VerdictFacts {
  /** A filter was given, so that checks were left out. */
  readonly isFiltered: boolean
  /** The target runs outside of this run: no restart, no logs, no emulator. */
  readonly isRemote: boolean
  /** Requests to Stripe were not validated. */
  readonly isWithoutStripeMock: boolean
  /** It threw what nobody caught, which ends a server. */
  readonly hasCrashed: boolean
}

/** Judges the results of one target. What did not run never counts as passed. INFO and MAY judge nothing. */
export function verdictOf(results: readonly CheckResult[], facts: VerdictFacts): Verdict {
  const judged = results.filter(({ level }) => level === 'MUST' || level === 'SHOULD')
  const has = (outcome: Outcome, level?: string) =>
    judged.some(
      (result) =>
        result.outcome === outcome && (level === undefined || result.level === level),
    )
  if (has('failed', 'MUST') || facts.hasCrashed) return 'non-conformant'
  if (results.length === 0 || facts.isWithoutStripeMock) return 'incomplete'
  if (has('errored') || has('skipped')) return 'incomplete'
  if (has('untestable')) {
    // One that runs elsewhere has no emulator and no log: what needs them was not asked for.
    return facts.isRemote && !facts.isFiltered ? 'partial' : 'incomplete'
  }
  if (facts.isRemote || facts.isFiltered) return 'partial'
  return has('failed', 'SHOULD') ? 'conformant' : 'conformant-strict'
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
  const hasFailed = ({ level, outcome }: CheckResult) =>
    level === 'SHOULD' && outcome === 'failed'
  return isStrict && targets.some(({ checks }) => checks.some(hasFailed)) ? 1 : 0
}
