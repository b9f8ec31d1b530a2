import type { Account, EventRequest } from '../state/account.ts'
import type { Params } from './params.ts'

/** One request to something that the emulator models, after stripe-mock has accepted its shape. */
export interface Call {
  readonly account: Account
  /** The ids in the path, in order. */
  readonly ids: readonly string[]
  readonly params: Params
  readonly request: EventRequest
}

/** A modelled operation. `operation` is written as in Stripe's OpenAPI description. */
export interface Route {
  readonly operation: string
  /** Gives the object to answer, or throws a StripeError. Synchronous, so that nothing comes in between. */
  readonly run: (call: Call) => unknown
}

export interface RouteMatch {
  readonly route: Route
  readonly ids: readonly string[]
}

/** Makes the look-up from a method and a path to a route. */
export function createRouter(
  routes: readonly Route[],
): (method: string, path: string) => RouteMatch | undefined {
  const patterns = routes.map((route) => {
    const [method, path = ''] = route.operation.split(' ')
    return { route, method, segments: path.split('/') }
  })
  return (method, path) => {
    const segments = path.split('/')
    for (const pattern of patterns) {
      if (pattern.method !== method || pattern.segments.length !== segments.length)
        continue
      const ids = matchSegments(pattern.segments, segments)
      if (ids !== undefined) return { route: pattern.route, ids }
    }
    return undefined
  }
}

/** `search` is an operation of its own and never an id. */
function matchSegments(
  pattern: readonly string[],
  segments: readonly string[],
): readonly string[] | undefined {
  const ids: string[] = []
  for (const [index, expected] of pattern.entries()) {
    const segment = segments[index] ?? ''
    if (expected.startsWith('{') && segment !== 'search') ids.push(decoded(segment))
    else if (expected !== segment) return undefined
  }
  return ids
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

/** The id at a place of the path; the router has made sure that it is there. */
export function idAt({ ids }: Call, index = 0): string {
  return ids[index] ?? ''
}
