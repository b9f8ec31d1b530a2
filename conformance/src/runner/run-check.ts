import type { Check } from '../catalogue/check.ts'
import type { Level } from '../catalogue/profile.ts'
import { requirements } from '../catalogue/requirements.ts'
import { type Exchange, headerOf } from '../probe/http-message.ts'
import type { CheckResult, FailureDetails, Outcome } from '../report/report.ts'
import { CheckContext, type Subject, Untestable } from './check-context.ts'
import { CheckFailure } from './check-failure.ts'

export interface RunCheckOptions {
  readonly level: Level
  /** Whether the target has what the check is about. */
  readonly isApplicable: boolean
  readonly redact: (text: string) => string
  /** The command that runs this check alone. */
  readonly reproduce: string
}

/** Runs one check. Never rejects. */
export async function runCheck(
  check: Check,
  subject: Subject,
  options: RunCheckOptions,
): Promise<CheckResult> {
  const t = new CheckContext(subject)
  const started = performance.now()
  let thrown: { readonly error: unknown } | undefined
  try {
    await check.run(t)
  } catch (error) {
    thrown = { error }
  }
  const durationMs = round(performance.now() - started)
  const { id } = check
  const { level, redact } = options
  if (thrown === undefined) return { id, level, outcome: 'passed', durationMs }
  const message = clip(redact(messageOf(thrown.error)))
  const failure = detailsOf(check, t, thrown.error, options)
  return { id, level, outcome: outcomeOf(thrown.error), durationMs, message, failure }
}

function outcomeOf(error: unknown): Outcome {
  if (error instanceof CheckFailure) return 'failed'
  return error instanceof Untestable ? 'untestable' : 'errored'
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function detailsOf(
  check: Check,
  t: CheckContext,
  error: unknown,
  { redact, reproduce }: RunCheckOptions,
): FailureDetails {
  const requirement = requirements().get(check.requirement)
  return {
    requirement: check.requirement,
    sentence: requirement?.sentence ?? '',
    url: requirement?.url ?? '',
    ...(error instanceof CheckFailure && {
      expected: clip(redact(error.expected)),
      actual: clip(redact(error.actual)),
    }),
    ...(check.hint !== undefined && { hint: check.hint }),
    exchanges: t.exchanges.map((exchange) => printed(exchange, redact)),
    logs: logsOf(t).map((line) => clip(redact(line))),
    reproduce,
  }
}

function logsOf(t: CheckContext): readonly string[] {
  try {
    return t.logs().slice(-20)
  } catch {
    return []
  }
}

/** What is cut off is cut off after secrets have been taken out, so that no part of one is left. */
function printed(
  { request, response, error, startedAt, durationMs }: Exchange,
  redact: (text: string) => string,
): string {
  const { method, path, body } = request
  const type = headerOf(request, 'content-type') ?? 'no type'
  const answer =
    response === undefined
      ? `${error}`
      : `${response.status} ${clip(redact(response.body), 160)}`
  return redact(
    `+${startedAt.toFixed(0)} ms  ${method} ${path} (${body.length} bytes, ${type})  →  ${answer}  [${durationMs.toFixed(1)} ms]`,
  )
}

function clip(text: string, length = 400): string {
  return text.length <= length ? text : `${text.slice(0, length)}…`
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10
}
