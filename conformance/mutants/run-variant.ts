import { fileURLToPath } from 'node:url'
import { loadProfile } from '../src/catalogue/profile.ts'
import type { TargetSource } from '../src/config.ts'
import type { TargetReport } from '../src/report/report.ts'
import { runTarget } from '../src/runner/run-target.ts'
import type { Target } from '../src/target/target.ts'
import { storeVariants } from '../targets/stores/store-variants.ts'
import type { HostPool } from './host/host-pool.ts'
import { countedChecks } from './judge.ts'
import type { Base, Edit } from './mutant.ts'

const moduleOf: Readonly<Record<Base, string>> = {
  'express-5': 'conformance/targets/express-5/target.ts',
  'koa-3': 'conformance/targets/koa-3/target.ts',
  'remix-2': 'conformance/targets/remix-2/target.ts',
  'next-unbundled': 'conformance/mutants/next-unbundled/target.ts',
}

/** A target and its edits. */
interface Edited {
  readonly id: string
  readonly base: Base
  readonly variant?: string
  readonly apply: readonly Edit[]
}

interface Reference {
  readonly name: string
  readonly run: () => Promise<TargetReport>
}

/** Runs the suite against references, mutants and trivial targets. */
export interface Runner {
  readonly countedChecks: readonly string[]
  /** Every base in every variant that a mutant uses, unchanged; and the one that shares no code with core. */
  readonly references: readonly Reference[]
  readonly prepare: (onProgress: (line: string) => void) => Promise<void>
  readonly mutant: (mutant: Edited) => Promise<TargetReport>
  readonly trivial: (name: string) => Promise<TargetReport>
}

export function createRunner(stripeMockUrl: string, pool: HostPool): Runner {
  const profile = loadProfile()

  const run = (name: string, source: TargetSource, variant = 'default') =>
    runTarget(source, {
      name,
      variant,
      profile,
      stripeMockUrl,
      isWanted: () => true,
      isFiltered: false,
      seed: 1,
      timeoutMs: 2_000,
      startTimeoutMs: 30_000,
      settleMs: 300,
      reproduceOf: (id) => id,
    })

  const mutant = ({ id, base, variant = 'default', apply }: Edited) => {
    const described = {
      implementation: unknownImplementation,
      features: [],
      variants: [variant],
    }
    const isKilled = Object.hasOwn(storeVariants, variant)
    return run(id, pool.edited(described, moduleOf[base], apply, isKilled), variant)
  }

  const spawned = (file: string, argument = ''): TargetSource => ({
    command: `exec "${process.execPath}" "${fileURLToPath(new URL(file, import.meta.url))}" ${argument}`,
  })

  const unchanged = (base: Base, variant: string): Reference => ({
    name: `${base} (${variant})`,
    run: () => mutant({ id: base, base, variant, apply: [] }),
  })

  return {
    countedChecks: countedChecks(),
    references: [
      unchanged('express-5', 'default'),
      unchanged('express-5', 'parser-drops-bytes'),
      unchanged('express-5', 'sqlite'),
      unchanged('express-5', 'postgres'),
      unchanged('express-5', 'durable'),
      unchanged('koa-3', 'default'),
      unchanged('koa-3', 'parser-keeps-bytes'),
      unchanged('remix-2', 'default'),
      unchanged('remix-2', 'behind-express'),
      unchanged('next-unbundled', 'default'),
      {
        name: 'independent',
        run: () => run('independent', spawned('../targets/independent/server.ts')),
      },
    ],
    async prepare(onProgress) {
      const { default: target } = (await import('./next-unbundled/target.ts')) as {
        default: Target
      }
      await target.prepare?.(onProgress)
    },
    mutant,
    trivial: (name) => run(name, spawned('trivial/server.ts', name)),
  }
}

/** The host that starts the target knows better; the report of a mutant is read by nobody else. */
const unknownImplementation: Target['implementation'] = {
  name: 'mutant',
  version: '0',
  language: 'typescript',
  framework: 'mutant',
  frameworkVersion: '0',
  url: 'https://example.com',
}
