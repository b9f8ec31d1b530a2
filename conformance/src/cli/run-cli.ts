import { Command, CommanderError } from 'commander'
import { suiteVersion } from '../suite-version.ts'
import type { ExitCode } from './exit-code.ts'
import { describeCatalogue, explainCheck } from './explain.ts'
import { addRunCommand } from './run-command.ts'
import { UsageError } from './usage-error.ts'

/** Runs the command line and gives the exit code. Never rejects. */
export async function runCli(args: readonly string[]): Promise<ExitCode> {
  let exitCode: ExitCode = 0
  const program = new Command('countersign-conformance')
    .description('Proves a receiver of Stripe webhooks over real sockets')
    .version(suiteVersion)
    .exitOverride()
    .showHelpAfterError('(--help lists the options)')
  addRunCommand(program, (code) => {
    exitCode = code
  })
  program
    .command('list')
    .description('list every check of a profile, with its level')
    .option('--profile <name>', 'profile to list')
    .action(({ profile }: { profile?: string }) => {
      process.stdout.write(describeCatalogue(profile))
    })
  program
    .command('explain')
    .description('say what a check asks, who asks it, and what to do when it fails')
    .argument('<id>', 'id of a check')
    .action((id: string) => {
      process.stdout.write(explainCheck(id))
    })
  try {
    await program.parseAsync([...args], { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    return error instanceof UsageError ? 2 : 3
  }
}
