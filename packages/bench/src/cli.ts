#!/usr/bin/env node
import { constants } from 'node:os'
import process from 'node:process'
import { runCli } from './run-cli.ts'

// An exit, so that every server that was started is ended with it.
for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => process.exit(128 + constants.signals[signal]))

const code = await runCli(process.argv.slice(2))
// What was printed has to be out before the end.
process.stdout.write('', () => process.stderr.write('', () => process.exit(code)))
