#!/usr/bin/env node
import process from 'node:process'
import { runCli } from './cli/run-cli.ts'

const code = await runCli(process.argv.slice(2))
// What was printed has to be out before the process ends.
process.stdout.write('', () => process.stderr.write('', () => process.exit(code)))
