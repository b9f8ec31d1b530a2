import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Config, TargetSource } from '../config.ts'
import type { Run } from '../runner/run-suite.ts'
import { isRemote } from '../runner/start-target.ts'
import type { RunFlags } from './run-flags.ts'
import { UsageError } from './usage-error.ts'

type Selection = Pick<RunFlags, 'command' | 'config' | 'target' | 'url' | 'variant'>

/** Works out from the flags which targets to run in which variants. */
export async function selectRuns(flags: Selection): Promise<readonly Run[]> {
  const sources = await sourcesOf(flags)
  for (const name of flags.target) {
    if (!Object.hasOwn(sources, name)) {
      throw new UsageError(
        `there is no target ${name}; there is: ${Object.keys(sources).join(', ')}`,
      )
    }
  }
  const runs = Object.entries(sources)
    .filter(([name]) => flags.target.length === 0 || flags.target.includes(name))
    .flatMap(([name, source]) => runsOf(name, source, flags.variant))
  if (runs.length === 0)
    throw new UsageError('no target has the variant that was asked for')
  return runs
}

function runsOf(
  name: string,
  source: TargetSource,
  wanted: readonly string[],
): readonly Run[] {
  const named = variantsNamedBy(source)
  // A command tells its variants only when it runs, so it is given those that were asked for.
  const all = named ?? (wanted.length > 0 ? wanted : ['default'])
  const variants = all.filter(
    (variant) => wanted.length === 0 || wanted.includes(variant),
  )
  const isPartial = wanted.length > 0 || !variants.includes('default')
  const addsVariants = named === undefined && wanted.length === 0
  return variants.map((variant) => ({ name, source, variant, isPartial, addsVariants }))
}

function variantsNamedBy(source: TargetSource): readonly string[] | undefined {
  return isRemote(source) ? ['default'] : source.variants
}

async function sourcesOf({
  config,
  command,
  url,
}: Selection): Promise<Readonly<Record<string, TargetSource>>> {
  if ([config, command, url].filter((it) => it !== undefined).length > 1) {
    throw new UsageError('give one of --config, --command and --url')
  }
  if (command !== undefined) return { command: { command } }
  if (url !== undefined) return { url: remoteTarget(url) }
  return (await loadConfig(config)).targets
}

function remoteTarget(url: string): TargetSource {
  if (!URL.canParse(url) || !/^https?:/.test(url)) {
    throw new UsageError(`--url takes an http:// or https:// URL, not ${url}`)
  }
  const token = process.env.CONFORMANCE_TOKEN
  const [first, ...others] = (process.env.STRIPE_WEBHOOK_SECRETS ?? '').split(',')
  if (!token || !first) {
    throw new UsageError(
      '--url needs what the target was started with: set CONFORMANCE_TOKEN and STRIPE_WEBHOOK_SECRETS',
    )
  }
  return { url, token, webhookSecrets: [first, ...others] }
}

async function loadConfig(given: string | undefined): Promise<Config> {
  const names =
    given === undefined ? ['conformance.config.ts', 'conformance.config.js'] : [given]
  const found = names.find((name) => existsSync(name))
  if (found === undefined) {
    throw new UsageError(
      `${names.join(' or ')} was not found. Give --config FILE, --command COMMAND or --url URL.`,
    )
  }
  const { default: config } = await importConfig(found)
  if (typeof config?.targets === 'object') return config
  throw new UsageError(
    `${found} has no default export made with defineConfig({ targets })`,
  )
}

async function importConfig(file: string): Promise<{ readonly default?: Config }> {
  try {
    return (await import(pathToFileURL(resolve(file)).href)) as { default?: Config }
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_UNKNOWN_FILE_EXTENSION') throw error
    throw new UsageError(
      `Node ${process.versions.node} does not read TypeScript. Use Node 22.18 or newer, or compile ${file} to conformance.config.js.`,
    )
  }
}
