-- Made from src/migrations/0001-initial.ts.

CREATE TABLE IF NOT EXISTS "countersign_migrations" (
  version integer PRIMARY KEY,
  name text NOT NULL,
  applied_at bigint NOT NULL
);

CREATE TABLE IF NOT EXISTS "countersign_events" (
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
);

CREATE UNIQUE INDEX IF NOT EXISTS "countersign_events_key"
  ON "countersign_events" (event_id, account, livemode);

CREATE INDEX IF NOT EXISTS "countersign_events_due"
  ON "countersign_events" (livemode, due_at, seq)
  WHERE due_at IS NOT NULL;

CREATE INDEX IF NOT EXISTS "countersign_events_leased"
  ON "countersign_events" (livemode, account, object_id)
  WHERE lease_until IS NOT NULL;

CREATE INDEX IF NOT EXISTS "countersign_events_behind"
  ON "countersign_events" (livemode, account, object_id, seq)
  WHERE due_at = -1;

CREATE INDEX IF NOT EXISTS "countersign_events_troubled"
  ON "countersign_events" (livemode, state, seq)
  WHERE state IN ('failed', 'dead', 'unmatched', 'skipped');

CREATE TABLE IF NOT EXISTS "countersign_bodies" (
  seq bigint PRIMARY KEY,
  body bytea NOT NULL
);

ALTER TABLE "countersign_bodies" ALTER COLUMN body SET STORAGE EXTERNAL;

ALTER TABLE "countersign_bodies" SET (toast_tuple_target = 8160);

CREATE TABLE IF NOT EXISTS "countersign_effects" (
  livemode boolean NOT NULL,
  account text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  event_id text NOT NULL,
  recorded_at bigint NOT NULL,
  PRIMARY KEY (livemode, account, key)
);

CREATE TABLE IF NOT EXISTS "countersign_outbox" (
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
);

CREATE INDEX IF NOT EXISTS "countersign_outbox_due"
  ON "countersign_outbox" (livemode, due_at, id)
  WHERE due_at IS NOT NULL;

CREATE INDEX IF NOT EXISTS "countersign_outbox_leased"
  ON "countersign_outbox" (livemode, lease_until)
  WHERE lease_until IS NOT NULL;

CREATE TABLE IF NOT EXISTS "countersign_customers" (
  livemode boolean NOT NULL,
  account text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  customer text COLLATE "C",
  status text,
  data text NOT NULL,
  chain text NOT NULL,
  updated_at bigint NOT NULL,
  PRIMARY KEY (livemode, account, id)
);

CREATE INDEX IF NOT EXISTS "countersign_customers_customer"
  ON "countersign_customers" (customer);

CREATE TABLE IF NOT EXISTS "countersign_subscriptions" (
  livemode boolean NOT NULL,
  account text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  customer text COLLATE "C",
  status text,
  data text NOT NULL,
  chain text NOT NULL,
  updated_at bigint NOT NULL,
  PRIMARY KEY (livemode, account, id)
);

CREATE INDEX IF NOT EXISTS "countersign_subscriptions_customer"
  ON "countersign_subscriptions" (customer);

CREATE TABLE IF NOT EXISTS "countersign_invoices" (
  livemode boolean NOT NULL,
  account text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  customer text COLLATE "C",
  status text,
  data text NOT NULL,
  chain text NOT NULL,
  updated_at bigint NOT NULL,
  PRIMARY KEY (livemode, account, id)
);

CREATE INDEX IF NOT EXISTS "countersign_invoices_customer"
  ON "countersign_invoices" (customer);

CREATE SEQUENCE IF NOT EXISTS "countersign_tickets";

CREATE TABLE IF NOT EXISTS "countersign_checkpoints" (
  name text PRIMARY KEY,
  value text NOT NULL
);

INSERT INTO "countersign_migrations" (version, name, applied_at)
  VALUES (1, 'initial', floor(extract(epoch FROM now()) * 1000))
  ON CONFLICT DO NOTHING;
