import type { Check } from '../catalogue/check.ts'
import type { CheckResult } from '../report/report.ts'
import type { Subject } from './check-context.ts'
import { type RunCheckOptions, runCheck } from './run-check.ts'
import { shuffled } from './shuffled.ts'

/** How many checks are under way at once. */
const CONCURRENCY = 8

/**
 * Runs checks side by side, each after those that it depends on. The seed decides in which
 * order they begin, since none may rely on another; results come in the order of the checks.
 */
export async function runInOrder(
  checks: readonly Check[],
  subject: Subject,
  seed: number,
  optionsOf: (check: Check) => RunCheckOptions,
): Promise<readonly CheckResult[]> {
  const slots = createSlots(CONCURRENCY)
  const results = new Map<string, Promise<CheckResult>>()
  const byId = new Map(checks.map((check) => [check.id, check]))

  function resultOf(check: Check): Promise<CheckResult> {
    const known = results.get(check.id)
    if (known !== undefined) return known
    const result = run(check)
    results.set(check.id, result)
    return result
  }

  async function run(check: Check): Promise<CheckResult> {
    const options = optionsOf(check)
    if (!options.isApplicable) return notRun(check, options, 'inapplicable')
    for (const id of check.dependsOn) {
      const needed = byId.get(id)
      // A check that this variant leaves out cannot be waited for.
      if (needed === undefined) continue
      const { outcome } = await resultOf(needed)
      if (outcome === 'passed' || outcome === 'inapplicable') continue
      const message = `${id} has not passed, so nothing can be said`
      return { ...notRun(check, options, 'untestable'), message }
    }
    return slots(() => runCheck(check, subject, options))
  }

  const together = shuffled(checks, seed)
    .filter(({ isAlone, isLast }) => !isAlone && !isLast)
    .sort((a, b) => Number(b.isPatient ?? false) - Number(a.isPatient ?? false))
  await Promise.all(together.map(resultOf))
  for (const check of checks) if (check.isAlone) await resultOf(check)
  for (const check of checks) await resultOf(check)
  return Promise.all(checks.map(resultOf))
}

function notRun(
  { id }: Check,
  { level }: RunCheckOptions,
  outcome: 'inapplicable' | 'untestable',
): CheckResult {
  return { id, level, outcome, durationMs: 0 }
}

function createSlots(count: number): <T>(task: () => Promise<T>) => Promise<T> {
  let free = count
  const waiting: (() => void)[] = []
  return async (task) => {
    if (free > 0) free -= 1
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await task()
    } finally {
      const next = waiting.shift()
      if (next === undefined) free += 1
      else next()
    }
  }
}
