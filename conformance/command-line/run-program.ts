import process from 'node:process'
import { type Command, CommanderError } from 'commander'

/** 0 everything held; 1 something did not; 2 usage; 3 nothing can be said, for example because something did not start. */
export type ExitCode = 0 | 1 | 2 | 3

/**
 * Parses the arguments of a command, runs it and gives the exit code. Never rejects.
 *
 * @param run Does the work, given the program's options.
 */
export async function runProgram<Flags extends object>(
  program: Command,
  args: readonly string[],
  run: (flags: Flags) => Promise<ExitCode>,
): Promise<ExitCode> {
  try {
    program.parse([...args], { from: 'user' })
    return await run(program.opts<Flags>())
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`)
    return 3
  }
}
