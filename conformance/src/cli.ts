#!/usr/bin/env node
import process from 'node:process'
import { exitOnSignals } from './cli/exit-on-signals.ts'
import { runCli } from './cli/run-cli.ts'

exitOnSignals()
const code = await runCli(process.argv.slice(2))
// What a target has left behind, a timer or a socket, must not keep the command from ending;
// what was printed has to be out first.
process.stdout.write('', () => process.stderr.write('', () => process.exit(code)))
