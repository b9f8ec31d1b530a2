import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import process from 'node:process'
import type { Report } from '../report/report.ts'
import { jsonReport } from '../reporters/json.ts'
import { junitReport } from '../reporters/junit.ts'
import { terminalReport } from '../reporters/terminal.ts'
import { UsageError } from './usage-error.ts'

const reporters: Readonly<Record<string, (report: Report) => string>> = {
  json: jsonReport,
  junit: junitReport,
  terminal: terminalReport,
}

/** A report that was asked for. */
export interface Output {
  readonly name: string
  /** Standard output when absent. */
  readonly file?: string
}

/** Reads `--reporter`. Whatever cannot be written is found before anything runs. */
export function parseReporters(given: readonly string[]): readonly Output[] {
  const outputs = (given.length === 0 ? ['terminal'] : given).map((item): Output => {
    const separator = item.indexOf('=')
    const name = separator < 0 ? item : item.slice(0, separator)
    if (!Object.hasOwn(reporters, name)) {
      throw new UsageError(
        `there is no reporter ${name}; there is: ${Object.keys(reporters).join(', ')}`,
      )
    }
    if (separator < 0 && name !== 'terminal') {
      throw new UsageError(
        `where shall the ${name} report go? Write --reporter ${name}=FILE`,
      )
    }
    if (separator < 0) return { name }
    const file = item.slice(separator + 1)
    if (file === '' || !existsSync(dirname(resolve(file)))) {
      throw new UsageError(
        `the ${name} report cannot be written to "${file}": there is no such folder`,
      )
    }
    return { name, file }
  })
  // A person at the terminal always gets to see the matrix.
  return outputs.some(({ name }) => name === 'terminal')
    ? outputs
    : [{ name: 'terminal' }, ...outputs]
}

/** Writes every report that was asked for. */
export async function writeReports(
  outputs: readonly Output[],
  report: Report,
): Promise<void> {
  for (const { name, file } of outputs) {
    const text = reporters[name]?.(report) ?? ''
    if (file === undefined) process.stdout.write(text)
    else await writeFile(file, text)
  }
}
