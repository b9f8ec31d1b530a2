import type { CheckResult, Report, TargetReport } from '../report/report.ts'

/** The report in the XML form that CI systems read: one suite for each target and variant. */
export function junitReport(report: Report): string {
  const suites = report.targets.map((target) => suiteOf(target, report))
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites>',
    ...suites,
    '</testsuites>',
    '',
  ].join('\n')
}

function suiteOf(target: TargetReport, { startedAt }: Report): string {
  const name = `${target.name} ${target.variant}`
  const cases = target.checks.map((result) => caseOf(name, result))
  if (target.problem !== undefined) {
    cases.push(
      `    <testcase classname=${quoted(name)} name="starts" time="0"><error message=${quoted(target.problem)}/></testcase>`,
    )
  }
  const judged = target.checks.filter(({ level }) => level !== 'INFO')
  const count = (outcome: string) =>
    judged.filter((result) => result.outcome === outcome).length
  const informative = target.checks.filter(
    ({ level, outcome }) => level === 'INFO' && outcome !== 'passed',
  ).length
  const errors =
    count('errored') + count('untestable') + (target.problem === undefined ? 0 : 1)
  const attributes = [
    `name=${quoted(name)}`,
    `tests="${cases.length}"`,
    `failures="${count('failed')}"`,
    `errors="${errors}"`,
    `skipped="${count('skipped') + count('inapplicable') + informative}"`,
    `time="${seconds(target.durationMs)}"`,
    `timestamp="${startedAt.slice(0, 19)}"`,
  ]
  return [`  <testsuite ${attributes.join(' ')}>`, ...cases, '  </testsuite>'].join('\n')
}

function caseOf(
  classname: string,
  { id, level, outcome, durationMs, message, failure }: CheckResult,
): string {
  const start = `    <testcase classname=${quoted(classname)} name=${quoted(id)} time="${seconds(durationMs)}"`
  const tag = { failed: 'failure', errored: 'error', untestable: 'error' }[
    outcome as string
  ]
  // A CI system would take it for a failure, and INFO is none.
  if (level === 'INFO' && outcome !== 'passed')
    return `${start}><skipped message=${quoted(`INFO: ${message ?? outcome}`)}/></testcase>`
  if (outcome === 'skipped' || outcome === 'inapplicable')
    return `${start}><skipped/></testcase>`
  if (tag === undefined) return `${start}/>`
  const details = [
    failure?.sentence,
    failure?.url,
    failure?.hint,
    ...(failure?.exchanges ?? []),
  ]
  const text = details.filter((line) => line !== undefined && line !== '').join('\n')
  return `${start}><${tag} message=${quoted(message ?? outcome)}>${escaped(text)}</${tag}></testcase>`
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3)
}

function quoted(text: string): string {
  return `"${escaped(text).replaceAll('\n', '&#10;')}"`
}

function escaped(text: string): string {
  return (
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      // XML 1.0 has no way to write these.
      .replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
  )
}
