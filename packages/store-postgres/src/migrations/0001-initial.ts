import type { TableNames } from '../schema/table-names.ts'
import type { Migration } from './migration.ts'

export const initial: Migration = {
  version: 1,
  name: 'initial',
  statements: (tables) => [
    `CREATE TABLE IF NOT EXISTS ${tables.migrations} (
  version integer PRIMARY KEY,
  name text NOT NULL,
  applied_at bigint NOT NULL
)`,
    // Bytes are compared, not letters of a language: quicker, and the same after an upgrade of the system.
    `CREATE TABLE IF NOT EXISTS ${tables.events} (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  livemode boolean NOT NULL,
  account text COLLATE "C" NOT NULL,
  event_id text COLLATE "C" NOT NULL,
  type text NOT NULL,
  object_id text COLLATE "C" NOT NULL,
  endpoint text,
  created bigint NOT NULL,
  state text NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  token bigint NOT NULL DEFAULT 0,
  lease_until bigint,
  due_at bigint,
  finished_handlers text NOT NULL DEFAULT '[]',
  last_error text,
  reason text,
  received_at bigint NOT NULL,
  started_at bigint,
  finished_at bigint,
  requeued_at bigint
)`,
    // The id comes first: replay looks for it without an account.
    `CREATE UNIQUE INDEX IF NOT EXISTS ${tables.index('events_key')}
  ON ${tables.events} (event_id, account, livemode)`,
    `CREATE INDEX IF NOT EXISTS ${tables.index('events_due')}
  ON ${tables.events} (livemode, due_at, seq)
  WHERE due_at IS NOT NULL`,
    `CREATE INDEX IF NOT EXISTS ${tables.index('events_leased')}
  ON ${tables.events} (livemode, account, object_id)
  WHERE lease_until IS NOT NULL`,
    // Due, but behind another event of their object (due_at is -1), so that no worker looks at them again and again.
    `CREATE INDEX IF NOT EXISTS ${tables.index('events_behind')}
  ON ${tables.events} (livemode, account, object_id, seq)
  WHERE due_at = -1`,
    // For people who look for them among millions that are done.
    `CREATE INDEX IF NOT EXISTS ${tables.index('events_troubled')}
  ON ${tables.events} (livemode, state, seq)
  WHERE state IN ('failed', 'dead', 'unmatched', 'skipped')`,
    `CREATE TABLE IF NOT EXISTS ${tables.bodies} (
  seq bigint PRIMARY KEY,
  body bytea NOT NULL
)`,
    // Compressing a body costs more time than the rest of its insert.
    `ALTER TABLE ${tables.bodies} ALTER COLUMN body SET STORAGE EXTERNAL`,
    `ALTER TABLE ${tables.bodies} SET (toast_tuple_target = 8160)`,
    `CREATE TABLE IF NOT EXISTS ${tables.effects} (
  livemode boolean NOT NULL,
  account text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  event_id text NOT NULL,
  recorded_at bigint NOT NULL,
  PRIMARY KEY (livemode, account, key)
)`,
    `CREATE TABLE IF NOT EXISTS ${tables.outbox} (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  livemode boolean NOT NULL,
  account text COLLATE "C" NOT NULL,
  topic text NOT NULL,
  key text COLLATE "C" NOT NULL,
  payload text NOT NULL,
  event_id text NOT NULL,
  state text NOT NULL DEFAULT 'pending',
  attempts integer NOT NULL DEFAULT 0,
  token bigint NOT NULL DEFAULT 0,
  lease_until bigint,
  due_at bigint DEFAULT 0,
  last_error text,
  created_at bigint NOT NULL,
  sent_at bigint,
  UNIQUE (livemode, account, key)
)`,
    `CREATE INDEX IF NOT EXISTS ${tables.index('outbox_due')}
  ON ${tables.outbox} (livemode, due_at, id)
  WHERE due_at IS NOT NULL`,
    `CREATE INDEX IF NOT EXISTS ${tables.index('outbox_leased')}
  ON ${tables.outbox} (livemode, lease_until)
  WHERE lease_until IS NOT NULL`,
    ...mirrorTable(tables, 'customers'),
    ...mirrorTable(tables, 'subscriptions'),
    ...mirrorTable(tables, 'invoices'),
    `CREATE SEQUENCE IF NOT EXISTS ${tables.tickets}`,
    `CREATE TABLE IF NOT EXISTS ${tables.checkpoints} (
  name text PRIMARY KEY,
  value text NOT NULL
)`,
  ],
}

function mirrorTable(
  tables: TableNames,
  name: 'customers' | 'subscriptions' | 'invoices',
): readonly string[] {
  return [
    `CREATE TABLE IF NOT EXISTS ${tables[name]} (
  livemode boolean NOT NULL,
  account text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  customer text COLLATE "C",
  status text,
  data text NOT NULL,
  chain text NOT NULL,
  updated_at bigint NOT NULL,
  PRIMARY KEY (livemode, account, id)
)`,
    `CREATE INDEX IF NOT EXISTS ${tables.index(`${name}_customer`)}
  ON ${tables[name]} (customer)`,
  ]
}
