import type { TableNames } from '../schema/table-names.ts'
import type { Migration } from './migration.ts'

export const initial: Migration = {
  version: 1,
  name: 'initial',
  statements: (tables) => [
    `CREATE TABLE IF NOT EXISTS ${tables.migrations} (
  version INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  applied_at INTEGER NOT NULL
) STRICT`,
    // The id comes first in the unique index: replay looks for it without an account.
    `CREATE TABLE IF NOT EXISTS ${tables.events} (
  seq INTEGER PRIMARY KEY,
  livemode INTEGER NOT NULL,
  account TEXT NOT NULL,
  event_id TEXT NOT NULL,
  type TEXT NOT NULL,
  object_id TEXT NOT NULL,
  endpoint TEXT,
  created INTEGER NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  token INTEGER NOT NULL DEFAULT 0,
  lease_until INTEGER NOT NULL DEFAULT 0,
  due_at INTEGER,
  finished_handlers TEXT,
  last_error TEXT,
  reason TEXT,
  received_at INTEGER NOT NULL,
  started_at INTEGER,
  finished_at INTEGER,
  requeued_at INTEGER,
  UNIQUE (event_id, account, livemode)
) STRICT`,
    `CREATE INDEX IF NOT EXISTS ${tables.events}_unfinished
  ON ${tables.events} (livemode, state, due_at, seq)
  WHERE state NOT IN ('processed', 'ignored')`,
    `CREATE TABLE IF NOT EXISTS ${tables.bodies} (
  seq INTEGER PRIMARY KEY,
  body BLOB NOT NULL
) STRICT`,
    `CREATE TABLE IF NOT EXISTS ${tables.effects} (
  livemode INTEGER NOT NULL,
  account TEXT NOT NULL,
  key TEXT NOT NULL,
  event_id TEXT NOT NULL,
  recorded_at INTEGER NOT NULL,
  PRIMARY KEY (livemode, account, key)
) STRICT, WITHOUT ROWID`,
    `CREATE TABLE IF NOT EXISTS ${tables.outbox} (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  livemode INTEGER NOT NULL,
  account TEXT NOT NULL,
  topic TEXT NOT NULL,
  key TEXT NOT NULL,
  payload TEXT NOT NULL,
  event_id TEXT NOT NULL,
  state TEXT NOT NULL DEFAULT 'pending',
  attempts INTEGER NOT NULL DEFAULT 0,
  token INTEGER NOT NULL DEFAULT 0,
  lease_until INTEGER NOT NULL DEFAULT 0,
  due_at INTEGER DEFAULT 0,
  last_error TEXT,
  created_at INTEGER NOT NULL,
  sent_at INTEGER,
  UNIQUE (livemode, account, key)
) STRICT`,
    `CREATE INDEX IF NOT EXISTS ${tables.outbox}_due
  ON ${tables.outbox} (livemode, due_at, id)
  WHERE due_at IS NOT NULL`,
    `CREATE INDEX IF NOT EXISTS ${tables.outbox}_leased
  ON ${tables.outbox} (livemode, lease_until)
  WHERE lease_until > 0`,
    ...mirrorTable(tables.customers),
    ...mirrorTable(tables.subscriptions),
    ...mirrorTable(tables.invoices),
    `CREATE TABLE IF NOT EXISTS ${tables.tickets} (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  last INTEGER NOT NULL
) STRICT`,
    `INSERT OR IGNORE INTO ${tables.tickets} (id, last) VALUES (1, 0)`,
    `CREATE TABLE IF NOT EXISTS ${tables.checkpoints} (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT`,
  ],
}

function mirrorTable(name: TableNames[keyof TableNames]): readonly string[] {
  return [
    `CREATE TABLE IF NOT EXISTS ${name} (
  livemode INTEGER NOT NULL,
  account TEXT NOT NULL,
  id TEXT NOT NULL,
  customer TEXT,
  status TEXT,
  data TEXT NOT NULL,
  chain TEXT NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (livemode, account, id)
) STRICT`,
    `CREATE INDEX IF NOT EXISTS ${name}_customer ON ${name} (customer)`,
  ]
}
