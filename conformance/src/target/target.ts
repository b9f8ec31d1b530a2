import type { TargetEnvironment } from './environment.ts'

/** What is under test, as the report names it. */
export interface Implementation {
  readonly name: string
  readonly version: string
  /** In lower case: `typescript`, `python`. */
  readonly language: string
  /** In lower case: `express`, `koa`, `remix`, `next`, `django`. */
  readonly framework: string
  readonly frameworkVersion: string
  readonly url: string
}

/** Where the routes of a target's application lie. */
export interface Routes {
  /** The webhook route. */
  readonly webhook: string
  /** The webhook route once more, below a mount point. */
  readonly mounted: string
  /** A route beside it whose JSON body the framework parses and the application answers with. */
  readonly sibling: string
  readonly pay: string
  readonly access: string
}

/** What `GET /__conformance__/manifest` answers. */
export interface Manifest {
  readonly protocol: number
  readonly implementation: Implementation
  readonly features: readonly string[]
  readonly variants: readonly string[]
  readonly routes: Routes
}

export interface StartedTarget {
  /** Without a slash at the end. */
  readonly url: string
  readonly stop: () => Promise<void>
  /** Ends it as a crash would: nothing is finished, and nothing is given back. Default: `stop`. */
  readonly kill?: () => Promise<void>
}

/** A target in TypeScript: a small real server around the receiver under test. */
export interface Target {
  readonly implementation: Implementation
  readonly features: readonly string[]
  readonly variants: readonly string[]
  /** Work that is done once before any start, and not counted in its time: a build. */
  readonly prepare?: (onProgress: (line: string) => void) => Promise<void>
  /** Starts a server of its own; several may run side by side. */
  readonly start: (environment: TargetEnvironment) => Promise<StartedTarget>
}

export const DEFAULT_ROUTES: Routes = {
  webhook: '/webhooks/stripe',
  mounted: '/billing/webhooks/stripe',
  sibling: '/sibling',
  pay: '/pay',
  access: '/access',
}

/** Names the type of a target's default export. */
export function defineTarget(target: Target): Target {
  return target
}
