import { BillingError } from '@countersign/core'

/** Where the tables are, and what their names begin with. */
export interface TableOptions {
  /** Default: the connection's `search_path` says. */
  readonly schema?: string
  /** Default: `countersign_`. */
  readonly prefix?: string
}

export interface TableNames {
  readonly schema: string | undefined
  readonly prefix: string
  readonly events: string
  readonly bodies: string
  readonly effects: string
  readonly outbox: string
  readonly customers: string
  readonly subscriptions: string
  readonly invoices: string
  /** A sequence. */
  readonly tickets: string
  readonly checkpoints: string
  readonly migrations: string
  /** An index has the schema of its table, so its name is given without one. */
  readonly index: (name: string) => string
}

/** @throws BillingError `configuration_invalid` for a schema or a prefix that cannot be part of a name in SQL. */
export function tableNames({
  schema,
  prefix = 'countersign_',
}: TableOptions): TableNames {
  if (schema !== undefined) refuseOddName('schema', schema)
  refuseOddName('prefix', prefix)
  const place = schema === undefined ? '' : `"${schema}".`
  const name = (table: string) => `${place}"${prefix}${table}"`
  return {
    schema,
    prefix,
    events: name('events'),
    bodies: name('bodies'),
    effects: name('effects'),
    outbox: name('outbox'),
    customers: name('customers'),
    subscriptions: name('subscriptions'),
    invoices: name('invoices'),
    tickets: name('tickets'),
    checkpoints: name('checkpoints'),
    migrations: name('migrations'),
    index: (index) => `"${prefix}${index}"`,
  }
}

function refuseOddName(option: string, value: string): void {
  if (/^[A-Za-z_][A-Za-z0-9_]{0,40}$/.test(value)) return
  throw new BillingError(
    'configuration_invalid',
    `The option ${option} of postgresStore is ${JSON.stringify(value)}. It becomes part of the tables' names: use up to 41 letters, digits and underscores, and no digit first.`,
  )
}
