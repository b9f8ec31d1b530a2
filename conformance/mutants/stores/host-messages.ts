import type { StatementResult } from '../../stores/run-contract.ts'
import type { Edit } from '../mutant.ts'

/** Asks a host to hold an edited store against the contract. */
export interface RunMessage {
  readonly id: string
  /** The module of the subject, from the root of the repository. */
  readonly module: string
  readonly edits: readonly Edit[]
  readonly withProcesses: boolean
}

export type RunAnswer =
  | { readonly results: readonly StatementResult[] }
  | { readonly problem: string }
