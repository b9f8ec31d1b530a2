import type { CheckContext } from '../runner/check-context.ts'
import type { OptionalFeature } from './optional-feature.ts'

/** One tested statement. Its level (MUST, SHOULD, MAY, INFO) stands in the profile. */
export interface Check {
  /** Permanent: a changed meaning is a new id. */
  readonly id: string
  /** The row of `requirements.yaml` that it tests. */
  readonly requirement: string
  /** The statement, as a sentence. */
  readonly title: string
  /** Checks without which this one can say nothing. When one of them has not passed, this one is `untestable`. */
  readonly dependsOn: readonly string[]
  /** The one variant that it is for; without it, every variant but those that name a subset. */
  readonly variant?: string
  /** What it is about: where a target lacks it, it is `inapplicable`. */
  readonly feature?: OptionalFeature
  /** For targets that lack this; of those that have it, another check asks for what takes its place. */
  readonly unlessFeature?: OptionalFeature
  /** Waits most of its time, so it begins before all others. */
  readonly isPatient?: true
  /** Runs alone, after those that run side by side: it restarts the target, or changes what all of them share. */
  readonly isAlone?: true
  /** Runs alone, after all others: a target that fails it may not be there any more. */
  readonly isLast?: true
  /** What an implementer should look at when it fails. */
  readonly hint?: string
  /** Throws a CheckFailure when the statement does not hold. */
  readonly run: (t: CheckContext) => Promise<void>
}

/** The check that every other one on webhooks stands on. */
export const SMOKE = 'webhook.signature.accepts-valid'

/** Defines a check; it depends on the smoke check unless it says otherwise. */
export function check(
  definition: Omit<Check, 'dependsOn'> & { readonly dependsOn?: readonly string[] },
): Check {
  return { dependsOn: [SMOKE], ...definition }
}
