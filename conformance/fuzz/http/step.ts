import type { Chooser } from '../chooser.ts'
import type { Draft } from './draft.ts'

/**
 * What a step makes of a valid request: it is still the `same` and acts exactly once, it is
 * `refused` and must not act, or `any` of both, as long as nothing acts unsigned.
 */
export type Meaning = 'same' | 'refused' | 'any'

/** One deliberate change of a request before it becomes bytes. */
interface MessageStep {
  readonly meaning: Meaning
  readonly apply: (draft: Draft, choose: Chooser) => void
}

export type MessageSteps = Readonly<Record<string, MessageStep>>
