import { edit, type Mutant } from './mutant.ts'

const HARNESS = 'conformance/src/harness/harness.ts'
const SQLITE = 'conformance/targets/stores/open-sqlite.ts'
const TARGET = 'conformance/targets/express/create-express-target.ts'
const PROCESS = 'packages/core/src/processing/process-event.ts'

const CRASH = 'webhook.idempotency.crash-then-redeliver'
const ACROSS = 'webhook.idempotency.once-across-restart'
const STORED = 'webhook.idempotency.acknowledges-after-storing'
const RETRIED = 'webhook.idempotency.retry-by-worker'

/** Defects that only a process shows which ends in the middle, or a worker. */
export const restartMutants: readonly Mutant[] = [
  {
    id: 'store-in-memory',
    defect: 'What was handled is forgotten with the process',
    base: 'express-5',
    variant: 'sqlite',
    apply: [
      edit(
        TARGET,
        'return serve(environment, openSqlite(dataDirectory))',
        'return serve(environment, openMemory())',
      ),
    ],
    kills: { 'expected exactly one effect of invoice.paid, got 0': [ACROSS] },
  },
  {
    id: 'marked-as-seen-on-arrival',
    defect: 'An event counts as handled from its first delivery on',
    base: 'express-5',
    variant: 'sqlite',
    apply: [
      edit(
        PROCESS,
        '    switch (claim.status) {',
        "    if (claim.status === 'in_flight' || (claim.status === 'claimed' && claim.lease.attempt > 1)) return 'duplicate'\n    switch (claim.status) {",
      ),
    ],
    kills: {
      'expected exactly one effect after the crash, got 0': [CRASH],
      'expected exactly one effect of invoice.paid, got 0': [
        'webhook.idempotency.retry-after-failure',
      ],
      'expected the effect to be there when a 2xx comes': [
        'webhook.idempotency.concurrent-once',
      ],
    },
  },
  {
    id: 'held-for-ever',
    defect: 'Whoever is at work on an event holds it for ever',
    base: 'express-5',
    variant: 'sqlite',
    apply: [
      edit(
        'packages/core/src/processing/lease-ms.ts',
        'return handlerTimeoutMs + LEASE_MARGIN_MS',
        'return 1e12 + handlerTimeoutMs + LEASE_MARGIN_MS',
      ),
    ],
    kills: { 'expected a 2xx, got 409': [CRASH] },
  },
  {
    id: 'effects-before-the-transaction',
    defect:
      "What a handler does is written when it begins, by the application's own connection",
    base: 'express-5',
    variant: 'sqlite',
    apply: [
      edit(
        HARNESS,
        'const attempt = attempts.add(key, entry)',
        'await (effects as unknown as { early: (key: string, entry: object) => void }).early(key, entry)\n    const attempt = attempts.add(key, entry)',
      ),
      edit(
        SQLITE,
        'commit: (context',
        "early: (key: string, entry: object) => db.prepare('INSERT INTO recorded (key, entry) VALUES (?, ?)').run(key, JSON.stringify(entry)),\n      commit: (context",
      ),
      edit(
        SQLITE,
        "tx.prepare('INSERT INTO recorded (key, entry) VALUES (?, ?)').run(\n            key,\n            JSON.stringify(entry),\n          )",
        '',
      ),
    ],
    kills: {
      'expected exactly one effect after the crash, got 2': [CRASH],
      'expected exactly one effect of invoice.paid, got 2': [
        ACROSS,
        'webhook.idempotency.second-event-id',
      ],
      'expected 0 effects of invoice.paid, got 1': [
        'webhook.idempotency.retry-after-failure',
      ],
    },
  },
  {
    id: 'acknowledged-before-stored',
    defect: 'Events are stored a little after their answer, many at once',
    base: 'express-5',
    variant: 'durable',
    apply: [
      edit(
        PROCESS,
        "const recorded = await record(delivery, 'received', settings)",
        "setTimeout(() => record(delivery, 'received', settings), 200)\n  const recorded: Recorded | 'store_unavailable' = 'stored'",
      ),
    ],
    kills: { 'expected exactly one effect of invoice.paid, got 0': [STORED] },
  },
  {
    id: 'worker-not-started',
    defect: 'Failed events wait for another delivery',
    base: 'express-5',
    variant: 'durable',
    apply: [
      edit(
        'packages/core/src/processing/end-attempt.ts',
        'retryAt: clock.now() + retryDelay(retries, lease.attempt, random()),',
        'retryAt: clock.now() + 86_400_000,',
      ),
    ],
    kills: { 'expected exactly one effect of invoice.paid, got 0': [RETRIED] },
  },
]
