import { groupOf } from '../catalogue/catalogue.ts'
import type { CheckResult, Report, TargetReport } from '../report/report.ts'

const GROUPS = ['signature', 'http', 'dispatch', 'idempotency', 'cards'] as const

/** The matrix of targets and groups, and the whole of every failure, as plain text. */
export function terminalReport(report: Report): string {
  const failures = report.targets.flatMap(failuresOf)
  return [...failures, ...matrix(report), '', ...summary(report), ''].join('\n')
}

function matrix({ targets }: Report): readonly string[] {
  const rows = targets.map((target) => [
    target.name,
    target.frameworkVersion,
    target.variant,
    ...GROUPS.map((group) => score(target, group)),
    target.verdict,
    `${(target.durationMs / 1000).toFixed(1)} s`,
  ])
  const header = ['target', 'version', 'variant', ...GROUPS, 'verdict', 'time']
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  )
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  return [line(header), line(widths.map((width) => '─'.repeat(width))), ...rows.map(line)]
}

/** Passed of all that were to run; a dot where a group has no check in this variant. */
function score({ checks }: TargetReport, group: string): string {
  const counted = checks.filter(
    (result) => groupOf(result.id) === group && isCounted(result),
  )
  if (counted.length === 0) return '·'
  const passed = counted.filter(({ outcome }) => outcome === 'passed').length
  return `${passed}/${counted.length}${passed < counted.length ? ' ✗' : ''}`
}

function isCounted({ level, outcome }: CheckResult): boolean {
  return level !== 'INFO' && outcome !== 'inapplicable'
}

function summary({
  targets,
  profile,
  stripeMock,
  seed,
  durationMs,
}: Report): readonly string[] {
  const all = targets.flatMap(({ checks }) => checks)
  const inapplicable = all.filter(({ outcome }) => outcome === 'inapplicable').length
  const counted = all.filter(isCounted)
  const passed = counted.filter(({ outcome }) => outcome === 'passed').length
  const names = new Set(targets.map(({ name }) => name))
  const green = [...names].filter((name) =>
    targets.every(
      (target) => target.name !== name || target.verdict.startsWith('conformant'),
    ),
  )
  const mock = stripeMock === 'off' ? 'off: no request was validated' : stripeMock
  const more = inapplicable === 0 ? '' : `, ${inapplicable} inapplicable`
  return [
    `${green.length} of ${names.size} targets conformant, ${passed} of ${counted.length} checks passed${more} in ${(durationMs / 1000).toFixed(1)} s`,
    `profile ${profile} · stripe-mock ${mock} · seed ${seed}`,
  ]
}

function failuresOf(target: TargetReport): readonly string[] {
  const title = `${target.name} (${target.variant})`
  const problem =
    target.problem === undefined ? [] : [`✗ ${title}: ${printable(target.problem)}`, '']
  const shown = target.checks.filter(
    ({ outcome, level }) =>
      (outcome === 'failed' || outcome === 'errored') && level !== 'INFO',
  )
  const untestable = target.checks.filter(
    ({ outcome }) => outcome === 'untestable',
  ).length
  const rest =
    untestable === 0 ? [] : [`  ${title}: ${untestable} more could not be tested`, '']
  return [...problem, ...shown.flatMap((result) => failureLines(title, result)), ...rest]
}

function failureLines(
  title: string,
  { id, level, outcome, message, failure }: CheckResult,
): readonly string[] {
  const lines = [`✗ ${title}  ${id}  ${level} ${outcome}`]
  const add = (label: string, text: string | undefined) => {
    if (text !== undefined) lines.push(`    ${label.padEnd(12)} ${printable(text)}`)
  }
  if (failure !== undefined) {
    add('requirement', `${failure.requirement}: ${failure.sentence}`)
    add('', failure.url)
  }
  if (failure?.expected === undefined) add('problem', message)
  add('expected', failure?.expected)
  add('got', failure?.actual)
  add('fix', failure?.hint)
  for (const exchange of failure?.exchanges ?? []) add('exchange', exchange)
  for (const log of failure?.logs ?? []) add('log', log)
  add('reproduce', failure?.reproduce)
  return [...lines, '']
}

/** What a target answers must not be able to steer a terminal. */
function printable(text: string): string {
  return text.replaceAll(/(?!\n)\p{Cc}/gu, '\ufffd')
}
