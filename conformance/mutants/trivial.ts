/** A target that could only pass by the suite's own fault. */
export interface Trivial {
  /** Names a behaviour of `trivial/server.ts`. */
  readonly name: string
  /** Why the suite does not even begin. Without it, the checks find it non-conformant. */
  readonly problem?: string
}

export const trivialMutants: readonly Trivial[] = [
  { name: 'always-200' },
  { name: 'always-400' },
  { name: 'always-404' },
  { name: 'always-500' },
  { name: 'echo' },
  { name: 'hang' },
  { name: 'crash-on-first-request' },
  { name: 'lies-about-itself' },
  {
    name: 'lies-about-variants',
    problem: 'its manifest does not name the variant default',
  },
  {
    name: 'lies-about-effects',
    problem: 'it reports effects of an event that was never sent',
  },
  {
    name: 'knows-every-endpoint',
    problem: 'an endpoint that protocol 1 does not have answered 200',
  },
  { name: 'needs-no-token', problem: 'the manifest answered 200 to a wrong token' },
]
