import { rm } from 'node:fs/promises'
import process from 'node:process'
import { catalogue } from '../catalogue/catalogue.ts'
import type { Check } from '../catalogue/check.ts'
import { checksOf, isApplicable, type Profile } from '../catalogue/profile.ts'
import type { TargetSource } from '../config.ts'
import { ProtocolError } from '../probe/probe.ts'
import { createRedactor } from '../report/redact.ts'
import type { CheckResult, TargetReport } from '../report/report.ts'
import { verdictOf } from '../report/verdict.ts'
import type { TargetEnvironment } from '../target/environment.ts'
import type { Manifest } from '../target/target.ts'
import type { Subject } from './check-context.ts'
import { watchForCrashes } from './crash-watch.ts'
import { createEnvironment, secretsOf } from './create-environment.ts'
import { findDishonesty } from './honesty.ts'
import { runInOrder } from './run-in-order.ts'
import {
  isRemote,
  type RunningTarget,
  startTarget,
  TargetProblem,
} from './start-target.ts'
import { type StripeSide, startStripeSide } from './stripe-side.ts'
import { within } from './within.ts'

export interface RunTargetOptions {
  readonly name: string
  readonly variant: string
  readonly profile: Profile
  /** Absent when stripe-mock is off. */
  readonly stripeMockUrl?: string
  readonly isWanted: (id: string) => boolean
  readonly isFiltered: boolean
  readonly seed: number
  /** Of each request, in milliseconds. */
  readonly timeoutMs: number
  readonly startTimeoutMs: number
  /** How long after a 2xx an effect may come, in milliseconds. */
  readonly settleMs: number
  /** The command that runs one check of this target alone. */
  readonly reproduceOf: (id: string) => string
  /** Told what the target says of itself, once it has started. */
  readonly onManifest?: (manifest: Manifest) => void
}

/** Runs the suite against one target in one variant, from start to stop. Never rejects for what the target does. */
export async function runTarget(
  source: TargetSource,
  options: RunTargetOptions,
): Promise<TargetReport> {
  const began = performance.now()
  const { name, variant } = options
  const logs: string[] = []
  const stripe =
    options.stripeMockUrl === undefined || isRemote(source)
      ? undefined
      : await startStripeSide(options.stripeMockUrl)
  const environment = await createEnvironment(variant, stripe, logs)
  const redact = createRedactor(secretsOf(source, environment))
  const watch = watchForCrashes()
  let target: RunningTarget | undefined
  let checks: readonly CheckResult[] = []
  let problem: string | undefined
  try {
    target = await startTarget(source, environment, options)
    options.onManifest?.(target.manifest)
    await directWebhooks(target, stripe)
    problem = await findDishonesty(target, variant)
    const subject = toSubject(source, target, environment, options, stripe, logs)
    if (problem === undefined) checks = await runChecks(subject, options, redact)
  } catch (error) {
    if (!(error instanceof TargetProblem || error instanceof ProtocolError)) throw error
    problem = error.message
  } finally {
    await cleanUp(name, redact, [
      async () => target?.probe.close(),
      async () => target && within(STOP_MS, target.stop()),
      async () => stripe?.stop(),
      () => rm(environment.dataDirectory, { recursive: true, force: true }),
    ])
    watch.stop()
  }
  const [crash] = watch.crashes
  if (crash !== undefined) problem = `it threw what nobody caught: ${crash}`
  const verdict = verdictOf(checks, {
    isFiltered: options.isFiltered,
    isRemote: isRemote(source),
    isWithoutStripeMock: options.stripeMockUrl === undefined,
    hasCrashed: crash !== undefined,
  })
  return {
    name,
    ...frameworkOf(source, target?.manifest),
    variant,
    verdict,
    durationMs: Math.round(performance.now() - began),
    ...(problem !== undefined && {
      problem: [problem, ...logs.slice(-10)].map(redact).join('\n'),
    }),
    checks,
  }
}

/** How long a target may take to stop, in milliseconds: as long as one that is spawned has until SIGKILL, and a little more. */
const STOP_MS = 5_000

/** Does every step, also when one before it fails. */
async function cleanUp(
  name: string,
  redact: (text: string) => string,
  steps: readonly (() => Promise<unknown>)[],
): Promise<void> {
  for (const step of steps) {
    await step().catch((error: unknown) => {
      process.emitWarning(redact(`${name} did not stop: ${error}`))
    })
  }
}

/** One that runs already could not be told how long to wait for a body. In milliseconds. */
const REMOTE_BODY_MS = 10_000

function toSubject(
  source: TargetSource,
  target: RunningTarget,
  environment: TargetEnvironment,
  { variant, timeoutMs, settleMs }: RunTargetOptions,
  stripe: StripeSide | undefined,
  logs: readonly string[],
): Subject {
  const { probe, manifest, restart } = target
  const [first = '', ...others] = environment.webhookSecrets
  return {
    probe,
    variant,
    features: manifest.features,
    routes: manifest.routes,
    webhookSecrets: isRemote(source) ? source.webhookSecrets : [first, ...others],
    stripeSecretKey: environment.stripeSecretKey,
    timeoutMs,
    bodyTimeoutMs: isRemote(source) ? REMOTE_BODY_MS : environment.bodyTimeoutMs,
    settleMs,
    exchanges: [],
    ...(stripe && { stripe }),
    ...(!isRemote(source) && { logs }),
    ...(restart && {
      async restart() {
        await restart()
        await directWebhooks(target, stripe)
      },
    }),
  }
}

async function directWebhooks(
  { probe, manifest }: RunningTarget,
  stripe: StripeSide | undefined,
): Promise<void> {
  await stripe?.deliverTo(probe.url + manifest.routes.webhook)
}

function runChecks(
  subject: Subject,
  { profile, variant, isWanted, seed, reproduceOf }: RunTargetOptions,
  redact: (text: string) => string,
): Promise<readonly CheckResult[]> {
  const all = checksOf(profile, variant, catalogue)
  const wanted = withDependencies(
    all,
    all.filter(({ id }) => isWanted(id)),
  )
  return runInOrder(wanted, subject, seed, (check) => ({
    level: profile.levels[check.id] ?? 'INFO',
    isApplicable: isApplicable(check, profile, subject.features),
    redact,
    reproduce: reproduceOf(check.id),
  }))
}

/** What a wanted check depends on runs too, or it could say nothing. */
function withDependencies(
  all: readonly Check[],
  wanted: readonly Check[],
): readonly Check[] {
  const ids = new Set(wanted.map(({ id }) => id))
  for (const id of ids) {
    for (const needed of all.find((check) => check.id === id)?.dependsOn ?? [])
      ids.add(needed)
  }
  return all.filter(({ id }) => ids.has(id))
}

function frameworkOf(
  source: TargetSource,
  manifest: Manifest | undefined,
): Pick<TargetReport, 'framework' | 'frameworkVersion'> {
  const known = 'implementation' in source ? source.implementation : undefined
  const { framework = 'unknown', frameworkVersion = 'unknown' } =
    manifest?.implementation ?? known ?? {}
  return { framework, frameworkVersion }
}
