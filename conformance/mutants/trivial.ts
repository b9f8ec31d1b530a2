/** Targets that could only pass by the suite's own fault, by the behaviour of `trivial/server.ts`. */
export const trivialMutants: readonly string[] = [
  'always-200',
  'always-400',
  'always-404',
  'always-500',
  'echo',
  'hang',
  'crash-on-first-request',
  'lying-effects',
  'lying-manifest',
]
