import type { Command } from 'commander'
import { print, printJson } from '../print.ts'
import { connect } from './client.ts'
import { type RemoteFlags, remoteCommand } from './remote-command.ts'

/** `countersign-emulator reset`. */
export function addResetCommand(program: Command): void {
  remoteCommand(
    program,
    'reset',
    'forget everything; what was given at the start stays, and the clock and the seed begin anew',
  ).action(async (flags: RemoteFlags) => {
    const answer = await connect(flags.url).post('/_emulator/reset')
    if (flags.json) printJson(answer)
    else print('everything is forgotten')
  })
}
