import { edit } from '../mutant.ts'
import type { StoreMutant } from './store-mutant.ts'

const SRC = 'packages/store-sqlite/src'
const INBOX = `${SRC}/store/inbox.ts`
const ADDITIONS = `${SRC}/store/additions.ts`
const RECOVERY = `${SRC}/store/recovery.ts`
const PRUNE = `${SRC}/store/prune.ts`
const MIRROR = `${SRC}/store/mirror-rows.ts`
const TABLES = `${SRC}/migrations/0001-initial.ts`
const CLAIM_NEXT = `${SRC}/store/claim-next.ts`

export const sqliteRowMutants: readonly StoreMutant[] = [
  {
    id: 'two-of-object',
    defect: 'Of an object that is at work another event is taken',
    store: 'sqlite',
    apply: [
      edit(
        CLAIM_NEXT,
        "AND due_at > ? AND due_at <= ? AND object_id <> ''`",
        "AND due_at > ? AND due_at <= ? AND object_id = ''`",
      ),
    ],
    kills: {
      'the events': ['store.claim-next.clock-ahead'],
      'the objects with two events at once': ['store.claim-next.exactly-once'],
      'the batch while both are leased': ['store.claim-next.one-of-object'],
      'the events meanwhile': ['store.claim-next.object-of-delivery'],
      'the events of that object': ['store.claim-next.object-of-certain-events'],
    },
  },
  {
    id: 'mode-left-out',
    defect: 'Events of both modes are the same',
    store: 'sqlite',
    apply: [
      edit(TABLES, 'UNIQUE (event_id, account, livemode)', 'UNIQUE (event_id, account)'),
    ],
    kills: {
      'The event vanished during its claim.': [
        'store.claim.by-mode',
        'store.requeue.by-scope',
      ],
      'the events': ['store.durable.side-by-side'],
    },
  },
  {
    id: 'account-left-out',
    defect: 'Events of all accounts are the same',
    store: 'sqlite',
    apply: [
      edit(TABLES, 'UNIQUE (event_id, account, livemode)', 'UNIQUE (event_id, livemode)'),
    ],
    kills: {
      'The event vanished during its claim.': [
        'store.claim.by-account',
        'store.requeue.by-scope',
      ],
      'the events': ['store.durable.side-by-side'],
    },
  },
  {
    id: 'ignored-without-body',
    defect: 'The body of an event that nothing acts on is not kept',
    store: 'sqlite',
    apply: [
      edit(
        INBOX,
        'if (changes === 1) {\n            insertBody(lastInsertRowid, delivery)',
        "if (changes === 1) {\n            if (state === 'received') insertBody(lastInsertRowid, delivery)",
      ),
    ],
    kills: {
      'the number of events that now wait': ['store.requeue.any-end'],
      'the numbers': ['store.prune.bodies'],
      'what is left': ['store.prune.events'],
      'the number of bodies, one of them older': ['store.prune.age'],
      'the body': ['store.durable.ignored-body'],
    },
  },
  {
    id: 'done-without-body',
    defect: 'The body of an event that is inserted as done is not kept',
    store: 'sqlite',
    apply: [
      edit(
        INBOX,
        'insertBody(lastInsertRowid, delivery)\n          additions.addAll(delivery.key, mark)',
        'additions.addAll(delivery.key, mark)',
      ),
    ],
    kills: {
      'the event': ['store.claim-and-commit.new'],
      'the numbers': ['store.prune.bodies'],
      'the numbers of bodies': ['store.prune.limit'],
      'the number of bodies': ['store.atomic.claim-and-commit'],
      'a body of': ['store.durable.body'],
      'the endpoints and bodies': ['store.durable.at-once'],
    },
  },
  {
    id: 'body-as-text',
    defect: 'A body is kept as the text that its bytes seem to be',
    store: 'sqlite',
    apply: [
      edit(
        INBOX,
        'statements.insertBody.run(seq, body)',
        'statements.insertBody.run(seq, Buffer.from(new TextDecoder().decode(body)))',
      ),
    ],
    kills: {
      'what the worker gets': ['store.record.stored'],
      'a body of': ['store.durable.body'],
    },
  },
  {
    id: 'ids-normalised',
    defect: 'Texts that look the same are the same',
    store: 'sqlite',
    apply: [
      edit(
        ADDITIONS,
        'return insertEffect.run(livemode ? 1 : 0, account, effect,',
        "return insertEffect.run(livemode ? 1 : 0, account, effect.normalize('NFC'),",
      ),
    ],
    kills: { 'the effects': ['store.durable.unicode'] },
  },
  {
    id: 'bodies-left-over',
    defect: 'With an event its body is not deleted',
    store: 'sqlite',
    apply: [edit(PRUNE, 'if (changes === 1) deleteBodyOf.run(seq)\n', '')],
    kills: { 'the numbers of events and bodies': ['store.durable.pruned'] },
  },
  {
    id: 'checkpoints-in-memory',
    defect: 'Checkpoints are forgotten when the store is closed',
    store: 'sqlite',
    apply: [
      edit(
        RECOVERY,
        'writeCheckpoint.run(name, value)',
        "db.exec('CREATE TEMP TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, value TEXT)')\n          db.prepare('INSERT OR REPLACE INTO kept VALUES (?, ?)').run(name, value)",
      ),
      edit(
        RECOVERY,
        'const value = readCheckpoint.get(name)?.value',
        "db.exec('CREATE TEMP TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, value TEXT)')\n        const value = db.prepare('SELECT value FROM kept WHERE name = ?').get(name)?.value",
      ),
    ],
    kills: { 'the checkpoint': ['store.durable.reopened'] },
  },
  {
    id: 'customer-never-changes',
    defect: 'A row is found by the customer that it had first',
    store: 'sqlite',
    apply: [edit(MIRROR, 'customer = excluded.customer, status', 'status')],
    kills: { 'the numbers of rows': ['store.mirror.moved'] },
  },
]
