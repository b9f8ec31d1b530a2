import { BillingError } from '@countersign/core'

export interface TableNames {
  readonly prefix: string
  readonly events: string
  readonly bodies: string
  readonly effects: string
  readonly outbox: string
  readonly customers: string
  readonly subscriptions: string
  readonly invoices: string
  readonly tickets: string
  readonly checkpoints: string
  readonly migrations: string
}

export const DEFAULT_PREFIX = 'countersign_'

/** @throws BillingError `configuration_invalid` for a prefix that cannot begin a name in SQL. */
export function tableNames(prefix: string): TableNames {
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,40}$/.test(prefix)) {
    throw new BillingError(
      'configuration_invalid',
      `The option prefix of sqliteStore is ${JSON.stringify(prefix)}. Table names begin with it: use up to 41 letters, digits and underscores, and no digit first.`,
    )
  }
  return {
    prefix,
    events: `${prefix}events`,
    bodies: `${prefix}bodies`,
    effects: `${prefix}effects`,
    outbox: `${prefix}outbox`,
    customers: `${prefix}customers`,
    subscriptions: `${prefix}subscriptions`,
    invoices: `${prefix}invoices`,
    tickets: `${prefix}tickets`,
    checkpoints: `${prefix}checkpoints`,
    migrations: `${prefix}migrations`,
  }
}
