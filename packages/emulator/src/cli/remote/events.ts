import type { Command } from 'commander'
import { EVENT_TYPES } from '../../events/event-types.ts'
import { SCENARIOS } from '../../events/trigger/scenarios.ts'
import { formatTime } from '../format.ts'
import { eventType, wholeNumber } from '../parse.ts'
import { print, printJson, printTable } from '../print.ts'
import { connect } from './client.ts'
import { type DeliveryList, printDeliveries } from './logs.ts'
import { type RemoteFlags, remoteCommand } from './remote-command.ts'

interface TriggerFlags extends RemoteFlags {
  readonly account?: string
  readonly list?: true
}

interface Triggered {
  readonly made: string
  readonly events: readonly (readonly [id: string, type: string])[]
}

interface EventFlags extends RemoteFlags {
  readonly type?: string
  readonly limit: number
}

interface EventList {
  readonly data: readonly {
    readonly id: string
    readonly created: number
    readonly type: string
    readonly pending_webhooks: number
    readonly data: { readonly object: { readonly id?: string } }
  }[]
}

/** `countersign-emulator trigger`, `resend`, `events`. */
export function addEventCommands(program: Command): void {
  const trigger = remoteCommand(program, 'trigger', 'make an event of a type')
  trigger
    .argument('[type]', 'as in invoice.paid', eventType)
    .option('--account <id>', 'in this connected account')
    .option('--list', 'list the types, and how each would be made')
    .action(async (type: string | undefined, flags: TriggerFlags) => {
      if (flags.list) return listTypes(flags)
      if (type === undefined) {
        trigger.error("error: missing required argument 'type'", { exitCode: 2 })
      }
      const { account } = flags
      const client = connect(flags.url)
      const form = { type, account }
      const answer = await client.post<Triggered>('/_emulator/events/trigger', form)
      if (flags.json) return printJson(answer)
      for (const [id, name] of answer.events) print(`${id}  ${name}`)
      print(`made ${answer.made}`)
    })
  remoteCommand(program, 'resend', 'send an event again to every endpoint that wants it')
    .argument('<event>', 'as in evt_123')
    .action(async (event: string, flags: RemoteFlags) => {
      const client = connect(flags.url)
      const list = await client.post<DeliveryList>('/_emulator/deliveries/resend', {
        event,
      })
      if (flags.json) return printJson(list)
      if (list.deliveries.length === 0) print('no endpoint wants it')
      printDeliveries(list)
    })
  remoteCommand(program, 'events', 'list what has happened, the newest first')
    .option('--type <type>', 'as in invoice.paid, or invoice.*')
    .option('--limit <count>', 'how many at most', wholeNumber(1, 100), 20)
    .action(async (flags: EventFlags) => {
      const { type, limit } = flags
      const list = await connect(flags.url).get<EventList>('/v1/events', { type, limit })
      if (flags.json) return printJson(list)
      const rows = list.data.map((event) => [
        formatTime(event.created),
        event.type,
        event.id,
        event.data.object.id ?? '',
        event.pending_webhooks === 0 ? '' : `${event.pending_webhooks} pending`,
      ])
      printTable(rows)
    })
}

function listTypes({ json }: RemoteFlags): void {
  const types = [...EVENT_TYPES].map((type) => ({
    type,
    made: SCENARIOS[type] === undefined ? "from stripe-mock's fixture" : 'really',
  }))
  if (json) printJson(types)
  else printTable(types.map(({ type, made }) => [type, made]))
}
