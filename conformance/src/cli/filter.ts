import { matchesGlob } from 'node:path'
import type { Check } from '../catalogue/check.ts'
import { UsageError } from './usage-error.ts'

export interface Filter {
  readonly isWanted: (id: string) => boolean
  readonly isFiltered: boolean
}

/** Makes the filter of `--only` and `--skip`. A pattern that matches nothing is a mistake, not an empty run. */
export function createFilter(
  { only, skip }: { readonly only: readonly string[]; readonly skip: readonly string[] },
  catalogue: readonly Check[],
): Filter {
  for (const pattern of [...only, ...skip]) {
    if (!catalogue.some(({ id }) => matchesGlob(id, pattern))) {
      throw new UsageError(`no check matches ${pattern}; \`list\` names them all`)
    }
  }
  const matchesAny = (id: string, patterns: readonly string[]) =>
    patterns.some((pattern) => matchesGlob(id, pattern))
  return {
    isWanted: (id) =>
      (only.length === 0 || matchesAny(id, only)) && !matchesAny(id, skip),
    isFiltered: only.length + skip.length > 0,
  }
}
