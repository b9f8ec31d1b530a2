import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { packageRoot } from '../package-root.ts'

/** A row of the ledger: what is asked, and who asks it. */
export interface Requirement {
  readonly id: string
  /** `stripe` demands it; `house` is this project's own rule. */
  readonly from: 'stripe' | 'house'
  readonly sentence: string
  readonly url: string
  /** Why no check tests it. */
  readonly excluded?: string
}

let ledger: ReadonlyMap<string, Requirement> | undefined

/** The ledger, `requirements.yaml`, by id. */
export function requirements(): ReadonlyMap<string, Requirement> {
  if (ledger === undefined) {
    const source = readFileSync(new URL('requirements.yaml', packageRoot), 'utf8')
    const rows = parse(source) as readonly Requirement[]
    ledger = new Map(rows.map((row) => [row.id, row]))
  }
  return ledger
}
