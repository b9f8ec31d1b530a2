import process from 'node:process'

/** One line for whoever reads the output. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** One line for a machine. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value))
}

/** One line for a person, beside the output. */
export function complain(line: string): void {
  process.stderr.write(`${line}\n`)
}

/** Columns as wide as their widest cell; the last one is as long as it likes. */
export function printTable(rows: readonly (readonly string[])[]): void {
  const widths: number[] = []
  for (const row of rows) {
    for (const [index, cell] of row.entries())
      widths[index] = Math.max(widths[index] ?? 0, cell.length)
  }
  for (const row of rows) {
    const cells = row.map((cell, index) => cell.padEnd(widths[index] ?? 0))
    print(cells.join('  ').trimEnd())
  }
}
