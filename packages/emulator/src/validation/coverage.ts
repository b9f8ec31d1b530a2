import type { Route } from '../api/route.ts'
import type { Description } from './description.ts'

/** How much of an operation the emulator models itself. */
interface OperationCoverage {
  readonly operation: string
  readonly coverage: 'modelled' | 'partly' | 'passed_through'
  /** What of it is not modelled. */
  readonly missing?: readonly string[]
  /** What is inferred, since no source says it. */
  readonly unverified?: readonly string[]
}

export interface Coverage {
  /** The version of the API that stripe-mock describes; `null` when its description is not at hand, and only what is modelled is listed. */
  readonly description: string | null
  readonly totals: {
    readonly operations: number
    readonly modelled: number
    readonly partly: number
    readonly passed_through: number
    /** Modelled operations that stripe-mock does not know; they are counted above too. */
    readonly beyond_description: number
  }
  readonly operations: readonly OperationCoverage[]
}

/** What is modelled of every operation, in the order of their paths. */
export function coverage(
  routes: readonly Pick<Route, 'operation' | 'missing' | 'unverified'>[],
  description: Description,
): Coverage {
  const byOperation = new Map(routes.map((route) => [route.operation, route]))
  const known = [...description.operations.values()].filter(({ isNew }) => !isNew)
  const names = new Set(
    description.version === undefined ? [] : known.map(({ operation }) => operation),
  )
  const beyond = [...byOperation.keys()].filter((operation) => !names.has(operation))
  const operations = [...names, ...beyond].sort(byPath).map((operation) => {
    const route = byOperation.get(operation)
    if (route === undefined) return { operation, coverage: 'passed_through' } as const
    const { missing = [], unverified = [] } = route
    return {
      operation,
      coverage: missing.length === 0 ? ('modelled' as const) : ('partly' as const),
      ...(missing.length > 0 && { missing }),
      ...(unverified.length > 0 && { unverified }),
    }
  })
  const count = (kind: OperationCoverage['coverage']) =>
    operations.filter((one) => one.coverage === kind).length
  return {
    description: description.version ?? null,
    totals: {
      operations: operations.length,
      modelled: count('modelled'),
      partly: count('partly'),
      passed_through: count('passed_through'),
      beyond_description: description.version === undefined ? 0 : beyond.length,
    },
    operations,
  }
}

function byPath(a: string, b: string): number {
  const [methodA = '', pathA = ''] = a.split(' ')
  const [methodB = '', pathB = ''] = b.split(' ')
  if (pathA === pathB) return methodA < methodB ? -1 : 1
  return pathA < pathB ? -1 : 1
}
