import type { Target } from './target/target.ts'

/** A target in any language: a command that starts a server as HTTP protocol 1 says. */
export interface CommandTarget {
  /** Run by a shell. */
  readonly command: string
  /** Default: the current folder. */
  readonly cwd?: string
  /** The variants to run, `default` among them. Default: all that its manifest names. */
  readonly variants?: readonly string[]
}

/** A target that runs already, with secrets that it was given elsewhere. */
export interface RemoteTarget {
  readonly url: string
  readonly token: string
  readonly webhookSecrets: readonly [string, ...string[]]
}

export type TargetSource = Target | CommandTarget | RemoteTarget

/** What `conformance.config.ts` exports. */
export interface Config {
  /** By the name that the report gives them. */
  readonly targets: Readonly<Record<string, TargetSource>>
}

/** Names the type of a configuration's default export. */
export function defineConfig(config: Config): Config {
  return config
}
