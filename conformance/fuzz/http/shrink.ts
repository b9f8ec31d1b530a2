import { type CasePlan, runBatch, type Violation } from './run-batch.ts'
import { type Subject, startHost } from './start-host.ts'

export interface SmallestViolation {
  readonly violation: Violation
  /** The case that does it alone. */
  readonly index?: number
}

/** Finds which case of a batch does it, and the fewest of its steps that still do. */
export async function findSmallest(
  subject: Subject,
  batch: readonly CasePlan[],
  violation: Violation,
): Promise<SmallestViolation> {
  const suspected = batch.filter(({ index }) => index === violation.subject?.index)
  const found = await findCulprit(subject, suspected.length > 0 ? suspected : batch)
  if (found === undefined) {
    const problem = `${violation.problem}\n(none of the cases of its batch does it alone)`
    return { violation: { ...violation, problem } }
  }
  let { plan, violation: smallest } = found
  for (let at = 0; at < plan.steps.length; ) {
    const shorter = { ...plan, steps: plan.steps.toSpliced(at, 1) }
    const still = await findCulprit(subject, [shorter])
    if (still === undefined) at += 1
    else {
      plan = still.plan
      smallest = still.violation
    }
  }
  return { violation: smallest, index: plan.index }
}

/** Runs cases one after the other on a server of their own, until one breaks a promise. */
async function findCulprit(
  subject: Subject,
  plans: readonly CasePlan[],
): Promise<{ readonly plan: CasePlan; readonly violation: Violation } | undefined> {
  const host = await startHost(subject)
  try {
    for (const plan of plans) {
      const { violation } = await runBatch(host, [plan])
      if (violation !== undefined) return { plan, violation: { ...violation } }
    }
    return undefined
  } finally {
    await host.stop()
  }
}
