import { Argument, type Command, Option } from 'commander'
import { API_FAULTS } from '../../faults/api-faults.ts'
import { DELIVERY_FAULTS } from '../../faults/delivery-faults.ts'
import { rate, wholeNumber } from '../parse.ts'
import { print, printJson, printTable } from '../print.ts'
import { connect } from './client.ts'
import { addRemoteFlags, type RemoteFlags, remoteCommand } from './remote-command.ts'

interface AddFlags extends RemoteFlags {
  readonly count?: number
  readonly type?: string
  readonly object?: string
  readonly copies?: number
  readonly delayMs?: number
  readonly method?: string
  readonly path?: string
  readonly operation?: string
  readonly status?: number
}

interface Fault {
  readonly id: string
  readonly kind: string
  readonly remaining: number
  readonly happened: number
}

interface Side {
  readonly rate: number
  readonly faults: readonly Fault[]
}

interface Faults {
  readonly api: Side
  readonly deliveries: Side
}

/** `countersign-emulator fault`, with `add`, `random`, `clear`. */
export function addFaultCommands(program: Command): void {
  const fault = program.command('fault').description('make things go wrong')
  addRemoteFlags(fault.command('list', { isDefault: true }))
    .description('list what is to go wrong, and what has')
    .action(async (flags: RemoteFlags) => {
      show(await connect(flags.url).get<Faults>('/_emulator/faults'), flags)
    })
  addAddCommand(fault)
  remoteCommand(fault, 'random', 'let things go wrong by chance')
    .argument('<rate>', 'of how many, from 0 to 1', rate)
    .addOption(new Option('--side <side>', 'only this').choices(['api', 'deliveries']))
    .action(async (value: number, flags: RemoteFlags & { readonly side?: string }) => {
      const form = { rate: value, side: flags.side }
      const client = connect(flags.url)
      show(await client.post<Faults>('/_emulator/faults/random', form), flags)
    })
  remoteCommand(fault, 'clear', 'let nothing go wrong any more').action(
    async (flags: RemoteFlags) => {
      show(await connect(flags.url).post<Faults>('/_emulator/faults/clear'), flags)
    },
  )
}

function addAddCommand(fault: Command): void {
  remoteCommand(fault, 'add', 'let something go wrong')
    .addArgument(
      new Argument('<kind>', 'of a webhook, or of a request').choices([
        ...DELIVERY_FAULTS,
        ...API_FAULTS,
      ]),
    )
    .option('--count <n>', 'how often (default: 1)', wholeNumber(1, 1_000_000))
    .option('--type <glob>', 'to events of these types, as in invoice.*')
    .option('--object <id>', 'to events about this object')
    .option(
      '--copies <n>',
      'of duplicate and concurrent (default: 2)',
      wholeNumber(2, 20),
    )
    .option(
      '--delay-ms <ms>',
      "of delay and reorder, on the emulator's clock (default: 5000)",
      wholeNumber(1, 30 * 86_400_000),
    )
    .option('--method <method>', 'to requests with this method')
    .option('--path <glob>', 'to requests to these paths, as in /v1/customers/*')
    .option('--operation <operation>', 'to both, as in "POST /v1/customers/{customer}"')
    .option('--status <status>', 'of lock_timeout: 429 or 409', wholeNumber(409, 429))
    .action(async (kind: string, flags: AddFlags) => {
      const { url, json, delayMs, ...rest } = flags
      const form = { kind, delay_ms: delayMs, ...rest }
      const added = await connect(url).post<Fault>('/_emulator/faults', form)
      if (json) printJson(added)
      else print(`${added.id}  ${added.kind}  ${added.remaining} to come`)
    })
}

function show(faults: Faults, { json }: RemoteFlags): void {
  if (json) {
    printJson(faults)
    return
  }
  for (const name of ['api', 'deliveries'] as const) {
    const side = faults[name]
    print(`${name}: by chance ${side.rate}`)
    printTable(
      side.faults.map(({ id, kind, remaining, happened }) => [
        `  ${id}`,
        kind,
        `${remaining} to come`,
        `${happened} happened`,
      ]),
    )
  }
}
