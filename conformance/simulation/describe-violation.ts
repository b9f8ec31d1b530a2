import type { Simulation } from './simulate.ts'

/** How much of what led to it is shown. */
const LAST_STEPS = 80

/** For people: what went wrong, what came before it, and how to see it again. */
export function describeViolation({ seed, plan, violation, trace }: Simulation): string {
  if (violation === undefined)
    return `✗ seed ${seed} went wrong, and does not when it is run again: the sources have changed meanwhile, or the simulation is not reproducible`
  const until = trace.slice(0, trace.findIndex((line) => line.includes('VIOLATED')) + 1)
  const steps = until.filter((line) => !line.endsWith('somebody looks'))
  const end = steps.length
  const shown = steps.slice(Math.max(0, end - LAST_STEPS))
  const left = end - shown.length
  return [
    `✗ seed ${seed}: ${violation.invariant}`,
    `  ${violation.what}`,
    '',
    ...(left > 0 ? [`  … ${left} steps before …`] : []),
    ...shown.map((line) => `  ${line}`),
    '',
    `  ${JSON.stringify(plan)}`,
    '',
    `  All of it: npm run simulate -- --seed ${seed} --trace`,
  ].join('\n')
}
