import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { catalogue } from '../catalogue/catalogue.ts'
import type { Check } from '../catalogue/check.ts'
import { checksOf, type Profile } from '../catalogue/profile.ts'
import type { TargetSource } from '../config.ts'
import { createRedactor } from '../report/redact.ts'
import type { CheckResult, TargetReport } from '../report/report.ts'
import { verdictOf } from '../report/verdict.ts'
import type { TargetEnvironment } from '../target/environment.ts'
import type { Manifest } from '../target/target.ts'
import type { Subject } from './check-context.ts'
import { findDishonesty } from './honesty.ts'
import { runInOrder } from './run-in-order.ts'
import {
  isRemote,
  type RunningTarget,
  startTarget,
  TargetProblem,
} from './start-target.ts'
import { type StripeSide, startStripeSide } from './stripe-side.ts'

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
}

/** Runs the suite against one target in one variant, from start to stop. Never rejects for what the target does. */
export async function runTarget(
  source: TargetSource,
  options: RunTargetOptions,
): Promise<TargetReport> {
  const began = performance.now()
  const { name, variant } = options
  const logs: string[] = []
  const token = randomBytes(16).toString('hex')
  const dataDirectory = await mkdtemp(join(tmpdir(), 'conformance-'))
  const stripe =
    options.stripeMockUrl === undefined || isRemote(source)
      ? undefined
      : await startStripeSide(options.stripeMockUrl)
  const environment: TargetEnvironment = {
    port: 0,
    dataDirectory,
    stripeApiBase: stripe?.apiBase ?? 'http://127.0.0.1:9',
    stripeSecretKey: `sk_test_${randomBytes(12).toString('hex')}`,
    webhookSecrets: [stripe?.webhookSecret ?? newSecret(), newSecret()],
    token,
    variant,
    log: (line) => {
      logs.push(line)
    },
  }
  let target: RunningTarget | undefined
  try {
    target = await startTarget(source, environment, options)
    const subject = toSubject(source, target, environment, options, stripe, logs)
    await stripe?.deliverTo(target.probe.url + target.manifest.routes.webhook)
    const problem = await findDishonesty(target, variant)
    if (problem !== undefined) throw new TargetProblem(problem)
    const checks = await runChecks(subject, options, [
      token,
      ...environment.webhookSecrets,
    ])
    const verdict = verdictOf(checks, {
      isFiltered: options.isFiltered,
      isRemote: isRemote(source),
      isWithoutStripeMock: options.stripeMockUrl === undefined,
    })
    const { framework, frameworkVersion } = target.manifest.implementation
    const durationMs = since(began)
    return { name, framework, frameworkVersion, variant, verdict, durationMs, checks }
  } catch (error) {
    if (!(error instanceof TargetProblem)) throw error
    return {
      name,
      ...frameworkOf(target?.manifest),
      variant,
      verdict: 'incomplete',
      durationMs: since(began),
      problem: [error.message, ...logs.slice(-10)].join('\n'),
      checks: [],
    }
  } finally {
    target?.probe.close()
    await target?.stop()
    await stripe?.stop()
    await rm(dataDirectory, { recursive: true, force: true })
  }
}

function newSecret(): string {
  return `whsec_${randomBytes(24).toString('base64url').replaceAll(/[-_]/g, 'x')}`
}

function toSubject(
  source: TargetSource,
  { probe, manifest }: RunningTarget,
  environment: TargetEnvironment,
  { timeoutMs, settleMs }: RunTargetOptions,
  stripe: StripeSide | undefined,
  logs: readonly string[],
): Subject {
  const [first = '', ...others] = environment.webhookSecrets
  return {
    probe,
    routes: manifest.routes,
    webhookSecrets: isRemote(source) ? source.webhookSecrets : [first, ...others],
    stripeSecretKey: environment.stripeSecretKey,
    timeoutMs,
    settleMs,
    exchanges: [],
    ...(stripe && { stripe }),
    ...(!isRemote(source) && { logs }),
  }
}

function runChecks(
  subject: Subject,
  { name, variant, profile, isWanted, seed }: RunTargetOptions,
  secrets: readonly string[],
): Promise<readonly CheckResult[]> {
  const redact = createRedactor([
    ...secrets,
    ...subject.webhookSecrets,
    subject.stripeSecretKey,
  ])
  const all = checksOf(profile, variant, catalogue)
  const wanted = withDependencies(
    all,
    all.filter(({ id }) => isWanted(id)),
  )
  return runInOrder(wanted, subject, seed, (check) => ({
    level: profile.levels[check.id] ?? 'INFO',
    redact,
    reproduce: `npx countersign-conformance run --target ${name} --variant ${variant} --only ${check.id}`,
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
  manifest: Manifest | undefined,
): Pick<TargetReport, 'framework' | 'frameworkVersion'> {
  const { framework = 'unknown', frameworkVersion = 'unknown' } =
    manifest?.implementation ?? {}
  return { framework, frameworkVersion }
}

function since(began: number): number {
  return Math.round(performance.now() - began)
}
