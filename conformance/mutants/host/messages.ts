import type { TargetEnvironment } from '../../src/target/environment.ts'
import type { Edit } from '../mutant.ts'

/** Asks a host to start a target with edits. */
export interface StartMessage {
  readonly kind: 'start'
  readonly id: string
  /** Names the copy of the module with these edits: a restart uses the same one. */
  readonly copy: string
  /** The target's module, from the root of the repository. */
  readonly module: string
  readonly edits: readonly Edit[]
  readonly environment: Omit<TargetEnvironment, 'log'>
}

export interface StopMessage {
  readonly kind: 'stop'
  readonly id: string
}

/** What a host tells of the target that it was asked for. */
export type HostMessage =
  | { readonly kind: 'started'; readonly id: string; readonly url: string }
  | { readonly kind: 'failed'; readonly id: string; readonly reason: string }
  | { readonly kind: 'log'; readonly id: string; readonly line: string }
  | { readonly kind: 'stopped'; readonly id: string }
