import { startStripeMock } from '@countersign/stripe-mock'
import { fixturesDigest, type Profile } from '../catalogue/profile.ts'
import type { TargetSource } from '../config.ts'
import type { Report, TargetReport } from '../report/report.ts'
import { suiteVersion } from '../suite-version.ts'
import { runTarget } from './run-target.ts'

/** One target to run, in one variant. */
export interface Run {
  readonly name: string
  readonly source: TargetSource
  readonly variant: string
  /** Not every variant of the target is run, so that nothing can be said of the whole. */
  readonly isPartial: boolean
  /** What else its manifest names is run as well. */
  readonly addsVariants: boolean
}

export interface SuiteOptions {
  readonly runs: readonly Run[]
  readonly profile: Profile
  /** `off`, or where it is found: see `findStripeMock`. Default: found or built. */
  readonly stripeMock?: string
  readonly isWanted: (id: string) => boolean
  readonly isFiltered: boolean
  readonly seed: number
  readonly timeoutMs: number
  readonly startTimeoutMs: number
  readonly settleMs: number
  /** Told what is being done: one line each. */
  readonly onProgress: (line: string) => void
  readonly onTarget: (report: TargetReport) => void
  /** The command that runs one check alone. */
  readonly reproduceOf: (run: Run, id: string) => string
}

/**
 * Runs every target, one after the other, against one stripe-mock.
 *
 * @throws StripeMockError when stripe-mock is not off and cannot be had.
 */
export async function runSuite(options: SuiteOptions): Promise<Report> {
  const { runs, profile, onProgress } = options
  const startedAt = new Date()
  const stripeMock =
    options.stripeMock === 'off'
      ? undefined
      : await startStripeMock({
          env: stripeMockEnvironment(options.stripeMock),
          onProgress,
        })
  try {
    const sources = new Set(runs.map(({ source }) => source))
    for (const source of sources) {
      if ('prepare' in source) await source.prepare?.(onProgress)
    }
    const targets: TargetReport[] = []
    const began = performance.now()
    const queue = [...runs]
    for (const run of queue) {
      const { name, source, variant, isPartial, addsVariants } = run
      const report = await runTarget(source, {
        ...options,
        name,
        variant,
        profile,
        isFiltered: options.isFiltered || isPartial,
        ...(stripeMock && { stripeMockUrl: stripeMock.url }),
        reproduceOf: (id) => options.reproduceOf(run, id),
        onManifest: ({ variants }) => {
          if (!addsVariants) return
          for (const other of variants)
            if (other !== variant)
              queue.push({ ...run, variant: other, addsVariants: false })
        },
      })
      targets.push(report)
      options.onTarget(report)
    }
    return {
      schema: 1,
      suite: suiteVersion,
      profile: profile.name,
      fixtures: fixturesDigest(),
      stripeMock: stripeMock?.version ?? 'off',
      seed: options.seed,
      startedAt: startedAt.toISOString(),
      durationMs: Math.round(performance.now() - began),
      targets,
    }
  } finally {
    await stripeMock?.stop()
  }
}

/** `--stripe-mock URL|PATH` stands for the environment variable of the same meaning. */
function stripeMockEnvironment(given: string | undefined): NodeJS.ProcessEnv {
  if (given === undefined) return process.env
  const name = /^https?:/.test(given) ? 'STRIPE_MOCK_URL' : 'STRIPE_MOCK_BINARY'
  return { ...process.env, [name]: given }
}
