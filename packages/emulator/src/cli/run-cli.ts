import { readFileSync } from 'node:fs'
import { Command, CommanderError } from 'commander'
import type { ExitCode } from './exit-code.ts'
import { complain } from './print.ts'
import { addClockCommands } from './remote/clock.ts'
import { addCoverageCommand } from './remote/coverage.ts'
import { addEventCommands } from './remote/events.ts'
import { addFaultCommands } from './remote/faults.ts'
import { addLogCommands } from './remote/logs.ts'
import { addResetCommand } from './remote/reset.ts'
import { addStartCommand } from './start/start-command.ts'

const manifest: unknown = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
)
const { version } = manifest as { readonly version: string }

/** Runs the command line and gives the exit code. Never rejects. */
export async function runCli(args: readonly string[]): Promise<ExitCode> {
  const program = new Command('countersign-emulator')
    .description(
      'A stateful emulator of Stripe in front of stripe-mock. It is not Stripe.',
    )
    .version(version)
    .exitOverride()
    .showHelpAfterError('(--help lists the options)')
  addStartCommand(program, version)
  addEventCommands(program)
  addClockCommands(program)
  addLogCommands(program)
  addFaultCommands(program)
  addResetCommand(program)
  addCoverageCommand(program)
  try {
    expectKnown(program, args)
    await program.parseAsync([...args], { from: 'user' })
    return 0
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    complain(error instanceof Error ? error.message : String(error))
    return 1
  }
}

/** What no command is called would be taken for an argument of `start`. */
function expectKnown(program: Command, [name = '-']: readonly string[]): void {
  const names = ['help', ...program.commands.map((command) => command.name())]
  if (name.startsWith('-') || names.includes(name)) return
  program.error(`error: unknown command '${name}': there are ${names.join(', ')}`)
}
