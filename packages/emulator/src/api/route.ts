import type { Context } from '../state/context.ts'
import type { Params } from './params.ts'

/** One request to something that the emulator models, after stripe-mock has accepted its shape. */
export interface Call extends Context {
  /** The ids in the path, in order. */
  readonly ids: readonly string[]
  readonly params: Params
  /** Whether it came with the publishable key, from a buyer's browser. */
  readonly isPublishable: boolean
}

/** A modelled operation. */
export interface Route {
  /** As in Stripe's OpenAPI description: `POST /v1/customers/{customer}`. */
  readonly operation: string
  /** Gives the object to answer, or throws a StripeError. Synchronous, so that nothing comes in between. */
  readonly run: (call: Call) => unknown
  /** What of the operation is not modelled: parameters, or behaviour. Without it, it is whole. */
  readonly missing?: readonly string[]
  /** What is inferred, since no source says it: it may be otherwise at Stripe. */
  readonly unverified?: readonly string[]
  /** Whether a browser may do it, with the publishable key and a client secret. */
  readonly isForBrowsers?: boolean
}

export interface RouteMatch<T> {
  readonly route: T
  readonly ids: readonly string[]
}

interface Node<T> {
  readonly named: Map<string, Node<T>>
  any: Node<T> | undefined
  readonly routes: Map<string, T>
}

/** Makes the look-up from a method and a path to a route. A name comes before an id: `search` is never one. */
export function createRouter<T extends { readonly operation: string }>(
  routes: readonly T[],
): (method: string, path: string) => RouteMatch<T> | undefined {
  const root = newNode<T>()
  for (const route of routes) {
    const [method = '', path = ''] = route.operation.split(' ')
    let node = root
    for (const segment of segmentsOf(path)) node = childOf(node, segment)
    node.routes.set(method, route)
  }
  return (method, path) => {
    let node = root
    const ids: string[] = []
    for (const segment of segmentsOf(path)) {
      const named = node.named.get(segment)
      if (named === undefined) ids.push(decoded(segment))
      const next = named ?? node.any
      if (next === undefined) return undefined
      node = next
    }
    const route = node.routes.get(method)
    return route && { route, ids }
  }
}

function newNode<T>(): Node<T> {
  return { named: new Map(), any: undefined, routes: new Map() }
}

function childOf<T>(node: Node<T>, segment: string): Node<T> {
  if (segment.startsWith('{')) {
    node.any ??= newNode<T>()
    return node.any
  }
  const known = node.named.get(segment)
  if (known !== undefined) return known
  const made = newNode<T>()
  node.named.set(segment, made)
  return made
}

function segmentsOf(path: string): readonly string[] {
  return path.split('/').slice(1)
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
