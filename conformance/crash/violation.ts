import type { Harm } from './judge.ts'

/** Something that must never be: it ends the campaign. */
export class Violation extends Error {
  readonly harm: Harm | 'other'

  constructor(harm: Harm | 'other', message: string) {
    super(message)
    this.name = 'Violation'
    this.harm = harm
  }
}
