import process from 'node:process'
import { exitOnSignals } from '../src/cli/exit-on-signals.ts'
import { runCli } from './run-cli.ts'

exitOnSignals()
process.exitCode = await runCli(process.argv.slice(2))
