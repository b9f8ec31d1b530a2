import type { Command } from 'commander'
import type { Coverage } from '../../validation/coverage.ts'
import { print, printJson, printTable } from '../print.ts'
import { connect } from './client.ts'
import { type RemoteFlags, remoteCommand } from './remote-command.ts'

interface CoverageFlags extends RemoteFlags {
  readonly missing?: true
}

/** `countersign-emulator coverage`. */
export function addCoverageCommand(program: Command): void {
  remoteCommand(program, 'coverage', 'say for each operation how much of it is modelled')
    .option('--missing', 'with what is missing, and what is unverified')
    .action(async (flags: CoverageFlags) => {
      const coverage = await connect(flags.url).get<Coverage>('/_emulator/coverage')
      if (flags.json) printJson(coverage)
      else if (flags.missing) printMissing(coverage)
      else printAll(coverage)
    })
}

function printAll({ operations, totals }: Coverage): void {
  printTable(operations.map(({ operation, coverage }) => [labelOf(coverage), operation]))
  print('')
  const { modelled, partly, passed_through } = totals
  print(
    `${totals.operations} operations: ${modelled} modelled, ${partly} partly, ${passed_through} passed through`,
  )
}

function printMissing({ operations }: Coverage): void {
  for (const { operation, missing = [], unverified = [] } of operations) {
    if (missing.length + unverified.length === 0) continue
    print(operation)
    for (const line of missing) print(`  missing     ${line}`)
    for (const line of unverified) print(`  unverified  ${line}`)
  }
}

function labelOf(coverage: string): string {
  return coverage.replaceAll('_', ' ')
}
