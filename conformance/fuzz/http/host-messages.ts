import type { TargetEnvironment } from '../../src/target.ts'

/** What a host is asked to do. */
export type HostRequest =
  | {
      readonly kind: 'start'
      /** URL of a module whose only export is a target. */
      readonly module: string
      readonly environment: Omit<TargetEnvironment, 'log'>
    }
  | { readonly kind: 'memory' }

/** What it answers. */
export type HostAnswer =
  | { readonly kind: 'started'; readonly url: string }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'memory'; readonly bytes: number }
