import type { Command } from 'commander'
import { webUrl } from '../parse.ts'

/** The flags of every command that asks an emulator that runs already. */
export interface RemoteFlags {
  readonly url?: string
  readonly json?: true
}

/** Adds a command that asks an emulator that runs already. */
export function remoteCommand(
  parent: Command,
  name: string,
  description: string,
): Command {
  return addRemoteFlags(parent.command(name).description(description))
}

export function addRemoteFlags(command: Command): Command {
  return command
    .option(
      '--url <url>',
      'of the emulator (default: COUNTERSIGN_EMULATOR_URL, or http://127.0.0.1:12113)',
      webUrl,
    )
    .option('--json', 'print JSON')
}
