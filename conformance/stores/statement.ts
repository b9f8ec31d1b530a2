import type { StoreContext } from './store-context.ts'
import type { Capability } from './subject.ts'

/** One tested statement about a store. */
export interface StoreStatement {
  /** Permanent: a changed meaning is a new id. */
  readonly id: string
  /** The statement, as a sentence. */
  readonly title: string
  /** A subject that lacks one of these is not asked. */
  readonly needs?: readonly Capability[]
  /** For stores whose transactions are of this kind alone. */
  readonly transactions?: 'sync' | 'async'
  /** Throws a CheckFailure when the statement does not hold. */
  readonly run: (t: StoreContext) => Promise<void>
}
