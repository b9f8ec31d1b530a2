import type { Edit } from '../mutant.ts'

type StoreName = 'memory' | 'sqlite' | 'postgres'

/** A store with one planted defect. */
export interface StoreMutant {
  readonly id: string
  /** What is wrong with it, as a sentence. */
  readonly defect: string
  readonly store: StoreName
  readonly apply: readonly Edit[]
  /**
   * By a part of their message, all statements that fail. Those that let a process be
   * killed are asked only of mutants that name one: they take longer than all others.
   */
  readonly kills: Readonly<Record<string, readonly string[]>>
}
