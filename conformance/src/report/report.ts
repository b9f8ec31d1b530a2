import type { Level } from '../catalogue/profile.ts'

export type Outcome =
  | 'passed'
  | 'failed'
  | 'inapplicable'
  | 'untestable'
  | 'skipped'
  | 'errored'

export type Verdict =
  | 'conformant'
  | 'conformant-strict'
  | 'partial'
  | 'non-conformant'
  | 'incomplete'

/** What became of one check. */
export interface CheckResult {
  readonly id: string
  readonly level: Level
  readonly outcome: Outcome
  readonly durationMs: number
  readonly message?: string
  readonly failure?: FailureDetails
}

/** What a person needs to understand a failure, without secrets. */
export interface FailureDetails {
  readonly requirement: string
  readonly sentence: string
  readonly url: string
  readonly expected?: string
  readonly actual?: string
  readonly hint?: string
  /** One line for each request and answer. */
  readonly exchanges: readonly string[]
  readonly logs: readonly string[]
  readonly reproduce: string
}

/** One target in one variant. */
export interface TargetReport {
  readonly name: string
  readonly framework: string
  readonly frameworkVersion: string
  readonly variant: string
  readonly verdict: Verdict
  readonly durationMs: number
  /** Why there are no results: the target would not start, or breaks the protocol. */
  readonly problem?: string
  readonly checks: readonly CheckResult[]
}

/** The one report from which every other form is derived. */
export interface Report {
  readonly schema: 1
  readonly suite: string
  readonly profile: string
  readonly fixtures: string
  /** The version of stripe-mock, or `off`. */
  readonly stripeMock: string
  readonly seed: number
  /** ISO 8601, UTC. */
  readonly startedAt: string
  readonly durationMs: number
  readonly targets: readonly TargetReport[]
}
