import type { Command } from 'commander'
import type { LoggedRequest } from '../../api/request-log.ts'
import { withoutSecrets } from '../format.ts'
import { wholeNumber } from '../parse.ts'
import { print, printJson, printTable } from '../print.ts'
import { requestLine, requestRecord } from '../start/request-line.ts'
import { connect } from './client.ts'
import { type RemoteFlags, remoteCommand } from './remote-command.ts'

/** Of `GET /_emulator/deliveries`. */
export interface DeliveryList {
  readonly deliveries: readonly {
    readonly event: string
    readonly type: string
    readonly url: string
    readonly state: string
    readonly attempts: readonly { readonly status?: number; readonly error?: string }[]
  }[]
}

interface LimitFlags extends RemoteFlags {
  readonly limit: number
}

/** `countersign-emulator requests`, `deliveries`. */
export function addLogCommands(program: Command): void {
  remoteCommand(program, 'requests', 'list the last requests to the API, oldest first')
    .option('--limit <count>', 'how many at most', wholeNumber(1, 10_000), 20)
    .action(async (flags: LimitFlags) => {
      const client = connect(flags.url)
      const { requests } = await client.get<{ requests: readonly LoggedRequest[] }>(
        '/_emulator/requests',
      )
      const last = requests.slice(-flags.limit)
      if (flags.json) printJson({ requests: last.map(requestRecord) })
      else for (const request of last) print(requestLine(request))
    })
  remoteCommand(program, 'deliveries', 'list the last deliveries, oldest first')
    .option('--object <id>', 'of events about this object')
    .option('--limit <count>', 'how many at most', wholeNumber(1, 10_000), 20)
    .action(async (flags: LimitFlags & { readonly object?: string }) => {
      const { object, limit } = flags
      const client = connect(flags.url)
      const list = await client.get<DeliveryList>('/_emulator/deliveries', { object })
      const deliveries = list.deliveries.slice(-limit)
      if (flags.json) printJson({ deliveries })
      else printDeliveries({ deliveries })
    })
}

export function printDeliveries({ deliveries }: DeliveryList): void {
  const rows = deliveries.map(({ event, type, url, state, attempts }) => [
    event,
    type,
    state,
    attempts.map(({ status, error }) => status ?? error ?? '').join(', '),
    withoutSecrets(url),
  ])
  printTable(rows)
}
