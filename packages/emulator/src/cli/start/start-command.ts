import type { Command } from 'commander'
import type { Emulator } from '../../server/emulator.ts'
import { Random } from '../../state/ids.ts'
import { CliError } from '../cli-error.ts'
import { complain, print, printJson } from '../print.ts'
import { isEmulatorAt } from '../remote/client.ts'
import { awaitSignal } from './await-signal.ts'
import { announcementOf, bannerOf } from './banner.ts'
import { deliveryLine, deliveryRecord } from './delivery-line.ts'
import { requestLine, requestRecord } from './request-line.ts'
import { addStartFlags, optionsOf, type StartFlags } from './start-flags.ts'

/** `countersign-emulator start`, which is what no command means too. */
export function addStartCommand(program: Command, version: string): void {
  const command = program
    .command('start', { isDefault: true })
    .description('start an emulator; Ctrl-C ends it')
  addStartFlags(command).action(async (flags: StartFlags) => {
    if (flags.forwardTo === undefined) refuseWithoutForward(command, flags)
    await start(flags, version)
  })
}

function refuseWithoutForward(command: Command, flags: StartFlags): void {
  for (const name of ['events', 'webhookApiVersion', 'webhookSecret'] as const) {
    if (flags[name] === undefined) continue
    const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
    command.error(`error: --${flag} needs --forward-to`, { exitCode: 2 })
  }
}

async function start(flags: StartFlags, version: string): Promise<void> {
  const { host, port, seed, json = false, quiet = false } = flags
  const signal = awaitSignal()
  const say = (kind: string, line: string) =>
    json ? printJson({ kind, message: line }) : complain(line)
  if (!isLoopback(host)) {
    say(
      'problem',
      `--host ${host}: everybody who can reach it can use this emulator, and read all that is sent to it.`,
    )
  }
  const secret = flags.webhookSecret ?? newSecret(seed)
  // Only here: every other command is to be there at once.
  const { startEmulator } = await import('../../server/start-emulator.ts')
  let emulator: Emulator
  try {
    emulator = await startEmulator({
      ...optionsOf(flags, secret),
      onProgress: (line) => say('progress', line),
      onProblem: (line) => say('problem', line),
      ...(!quiet && {
        onRequest: (request) =>
          json ? printJson(requestRecord(request)) : print(requestLine(request)),
        onDelivery: (attempt) =>
          json ? printJson(deliveryRecord(attempt)) : print(deliveryLine(attempt)),
      }),
    })
  } catch (error) {
    throw await explained(error, host, port)
  }
  const announcement = announcementOf(emulator, flags, secret)
  if (json) printJson({ kind: 'started', version, ...announcement })
  else print(bannerOf(announcement, version))
  await signal.given()
  await emulator.stop()
}

/** Not of the emulator's own chance: objects have the same ids with a given secret and without. */
function newSecret(seed: string | undefined): string {
  const random = new Random(seed === undefined ? undefined : `${seed} webhook secret`)
  return `whsec_${random.characters(32)}`
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

async function explained(error: unknown, host: string, port: number): Promise<unknown> {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'EADDRINUSE') {
    const url = `http://${host}:${port}`
    return new CliError(
      (await isEmulatorAt(url))
        ? `An emulator runs already at ${url}: use that, or start another with --port 0, which is any port that is free.`
        : `Port ${port} of ${host} is taken by something else: choose another with --port, or any that is free with --port 0.`,
    )
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new CliError(`${host} is no address of this machine.`)
  }
  if (code === 'EACCES') {
    return new CliError(`Port ${port} may not be opened by this user: choose another.`)
  }
  return error
}
