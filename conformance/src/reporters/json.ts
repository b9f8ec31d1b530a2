import { problemWith } from '../probe/schemas.ts'
import type { Report } from '../report/report.ts'

/** The report as other programs read it; its fields are those of `schemas/report.json`. */
export function jsonReport(report: Report): string {
  const problem = problemWith('report', report)
  if (problem !== undefined)
    throw new Error(`the report does not fit its own schema: ${problem}`)
  return `${JSON.stringify(report, null, 2)}\n`
}
