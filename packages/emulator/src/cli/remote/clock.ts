import { type Command, InvalidArgumentError } from 'commander'
import { formatTime } from '../format.ts'
import { duration, time } from '../parse.ts'
import { print, printJson } from '../print.ts'
import { connect } from './client.ts'
import { addRemoteFlags, type RemoteFlags, remoteCommand } from './remote-command.ts'

/** Of `GET /_emulator/clock`. */
interface Clock {
  readonly now: number
  readonly next: number | null
}

interface MoveFlags extends RemoteFlags {
  readonly settle?: true
}

/** `countersign-emulator clock`, `clock advance`, `clock to`. */
export function addClockCommands(program: Command): void {
  const clock = program.command('clock').description('show or move the one clock')
  addRemoteFlags(clock.command('show', { isDefault: true }))
    .description('show the time, and when something is due')
    .action(async (flags: RemoteFlags) => {
      show(await connect(flags.url).get<Clock>('/_emulator/clock'), flags)
    })
  remoteCommand(clock, 'advance', 'move on, and let everything happen that is due')
    .argument('<duration>', 'as in 90s, 1m, 36h, 3d, 2w, 1mo or 1y', duration)
    .option('--settle', 'wait until no webhook is under way')
    .action((by: string, flags: MoveFlags) => move({ by }, flags))
  remoteCommand(clock, 'to', 'move to a time, and let everything happen that is due')
    .argument('<time>', 'as in 2026-02-01T00:00:00Z, or seconds since 1970', timeText)
    .option('--settle', 'wait until no webhook is under way')
    .action((to: string, flags: MoveFlags) => move({ to }, flags))
}

async function move(
  where: { readonly by: string } | { readonly to: string },
  flags: MoveFlags,
): Promise<void> {
  const client = connect(flags.url)
  const clock = await client.post<Clock>('/_emulator/clock/advance', { ...where })
  if (flags.settle) await client.post('/_emulator/deliveries/settle')
  show(clock, flags)
}

function show(clock: Clock, { json }: RemoteFlags): void {
  if (json) {
    printJson(clock)
    return
  }
  const next = clock.next === null ? 'nothing is due' : `next ${formatTime(clock.next)}`
  print(`${formatTime(clock.now)}  ${next}`)
}

function timeText(text: string): string {
  const at = time(text).getTime() / 1000
  if (Number.isFinite(at)) return String(at)
  throw new InvalidArgumentError('It is too far away.')
}
