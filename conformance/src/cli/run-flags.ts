/** The flags of `countersign-conformance run`, as they were given or by their defaults. */
export interface RunFlags {
  readonly config?: string
  readonly command?: string
  readonly url?: string
  readonly target: readonly string[]
  readonly variant: readonly string[]
  readonly only: readonly string[]
  readonly skip: readonly string[]
  readonly profile: string
  readonly strict?: true
  readonly repeat: number
  readonly seed: number
  readonly timeout: number
  readonly startTimeout: number
  readonly reporter: readonly string[]
  readonly stripeMock?: string
}
