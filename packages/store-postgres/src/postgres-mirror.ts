import type { MirrorStore } from '@countersign/core'
import { toNumber, toStorable } from './connection/columns.ts'
import type { Database } from './connection/database.ts'
import { Groups } from './connection/groups.ts'
import { Statement } from './connection/statement.ts'
import { toMirrorRow } from './inbox/additions.ts'

const NONE: readonly string[] = []

export function postgresMirror(database: Database): MirrorStore {
  const { tables } = database
  const ticket = new Statement(
    `SELECT nextval('${tables.tickets}') AS ticket FROM generate_series(1, $1)`,
  )
  const tickets = new Groups<undefined, number>({
    keysOf: () => NONE,
    limit: 64,
    concurrency: 1,
    async run(asked) {
      const rows = await database.run(ticket, [asked.length])
      return rows.map((row) => toNumber(row.ticket))
    },
  })
  const select = (kind: 'customers' | 'subscriptions' | 'invoices') => ({
    find: new Statement(`SELECT data, chain, updated_at FROM ${tables[kind]}
WHERE livemode = $1 AND account = $2 AND id = $3`),
    findByCustomer: new Statement(`SELECT data, chain, updated_at FROM ${tables[kind]}
WHERE livemode = $1 AND account = $2 AND customer = $3 ORDER BY id`),
  })
  const statements = {
    customer: select('customers'),
    subscription: select('subscriptions'),
    invoice: select('invoices'),
  }
  return {
    takeTicket: () => tickets.add(undefined),

    async find({ livemode, account }, kind, id) {
      const values = [livemode, toStorable(account), toStorable(id)]
      const [row] = await database.run(statements[kind].find, values)
      return row && toMirrorRow(row)
    },

    async findByCustomer({ livemode, account }, kind, customer) {
      const values = [livemode, toStorable(account), toStorable(customer)]
      const rows = await database.run(statements[kind].findByCustomer, values)
      return rows.map(toMirrorRow)
    },
  }
}
