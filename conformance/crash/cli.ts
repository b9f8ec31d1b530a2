import process from 'node:process'
import { exitOnSignals } from '../src/cli/exit-on-signals.ts'
import { runCli } from './run-cli.ts'

exitOnSignals()
const code = await runCli(process.argv.slice(2))
// A connection that is still open must not keep the command from ending; what was printed
// has to be out first.
process.stdout.write('', () => process.stderr.write('', () => process.exit(code)))
