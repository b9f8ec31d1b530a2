/** One change of a source file. `find` stands in it exactly once. */
export interface Edit {
  /** From the root of the repository. */
  readonly file: string
  readonly find: string
  readonly replace: string
}

/** The targets that mutants are made of, by the folder of their module. */
export type Base = 'express-5' | 'koa-3' | 'remix-2' | 'next-unbundled'

/** A target with one planted defect. */
export interface Mutant {
  readonly id: string
  /** What is wrong with it, as a sentence. */
  readonly defect: string
  readonly base: Base
  /** Default: `default`. */
  readonly variant?: string
  readonly apply: readonly Edit[]
  /** By a part of their message, all checks that fail. Those that can then say nothing do not count. */
  readonly kills: Readonly<Record<string, readonly string[]>>
}

/** A target that differs from the reference where the suite must not care. */
export interface Benign {
  readonly id: string
  /** How it differs, as a sentence. */
  readonly difference: string
  readonly base: Base
  readonly apply: readonly Edit[]
}

/** Short for an edit of one file. */
export function edit(file: string, find: string, replace: string): Edit {
  return { file, find, replace }
}

/** An edit that does not apply is a defect of the mutant, and must not look like a mutant that was killed. */
export function applyEdit(source: string, { file, find, replace }: Edit): string {
  const count = source.split(find).length - 1
  if (count === 1) return source.replace(find, () => replace)
  throw new Error(`${file} holds ${JSON.stringify(find)} ${count} times, expected once`)
}
