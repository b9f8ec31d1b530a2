import type {
  AsyncTransaction,
  Claim,
  CommitMark,
  CommitResult,
  Delivery,
  EventKey,
  EventState,
  InboxStore,
  Lease,
  Recorded,
  StoreWork,
} from '@countersign/core'
import { toNumber } from './connection/columns.ts'
import type { Database } from './connection/database.ts'
import { AdditionsReader } from './inbox/additions.ts'
import { type Arrival, Arrivals, type Arrived } from './inbox/arrivals.ts'
import { ClaimNext } from './inbox/claim-next.ts'
import { Duplicates } from './inbox/duplicates.ts'
import type { Enqueue } from './inbox/enqueue.ts'
import { Marks } from './inbox/marks.ts'
import { Releases } from './inbox/releases.ts'
import type { Channel } from './inbox/told-sql.ts'
import type { PostgresTransaction } from './transaction/postgres-transaction.ts'
import { Works } from './transaction/works.ts'
import type { Watchers } from './watch/watchers.ts'

export interface InboxOptions {
  readonly channel: Channel
  readonly enqueue: Enqueue | undefined
  readonly watchers: Watchers
  readonly transactions: number
  readonly transactionEvents: number
  readonly transactionTimeoutMs: number
}

export function postgresInbox(
  database: Database,
  options: InboxOptions,
): InboxStore<AsyncTransaction<PostgresTransaction>> {
  const { channel, enqueue, watchers } = options
  const additions = new AdditionsReader(database.tables)
  const duplicates = new Duplicates(database)
  const arrivals = new Arrivals(database, { additions, channel, enqueue })
  const marks = new Marks(database, additions, channel)
  const releases = new Releases(database, channel)
  const claimNext = new ClaimNext(database)
  const works = new Works(database, marks, {
    channel,
    concurrency: options.transactions,
    groupLimit: options.transactionEvents,
    timeoutMs: options.transactionTimeoutMs,
    onMessages: () => watchers.wake('message'),
  })
  /** What follows from a commit that has succeeded. */
  const follow = (key: EventKey, { state, declared = [] }: CommitMark) => {
    if (state === 'processed') duplicates.remember(key)
    if (declared.some(({ send = [] }) => send.length > 0)) watchers.wake('message')
  }
  const arrive = async (arrival: Arrival): Promise<Arrived> => {
    const { key } = arrival.delivery
    const outcome = await duplicates.find(key)
    if (outcome !== undefined) return { outcome }
    const arrived = await arrivals.add(arrival)
    if (arrived.outcome === 'processed') duplicates.remember(key)
    return arrived
  }
  return {
    async claim(delivery, { now, leaseMs }) {
      return toClaim(delivery, await arrive({ act: 'claim', delivery, now, leaseMs }))
    },

    async claimAndCommit(delivery, mark, { now, leaseMs }) {
      const arrived = await arrive({ act: 'commit', delivery, mark, now, leaseMs })
      if (arrived.outcome !== 'new') return toClaim(delivery, arrived)
      follow(delivery.key, mark)
      return { status: 'committed' }
    },

    async record(delivery, state, { now }) {
      const { outcome } = await arrive({ act: 'record', delivery, state, now })
      const recorded = toRecorded(outcome, state)
      if (recorded === 'stored') watchers.wake('event')
      return recorded
    },

    claimNext: (next) => claimNext.claim(next),

    async commit<T>(
      lease: Lease,
      mark: CommitMark,
      work?: StoreWork<AsyncTransaction<PostgresTransaction>, T>,
    ): Promise<CommitResult<T>> {
      if (work === undefined) {
        if (!(await marks.add({ lease, mark }))) return { committed: false }
        follow(lease.key, mark)
        return { committed: true, value: undefined }
      }
      const result = await works.add({ lease, mark, work })
      if (result.committed) follow(lease.key, mark)
      return result as CommitResult<T>
    },

    async release(lease, end, { now }) {
      await releases.add({ lease, end, now })
      if (end.state !== 'dead') watchers.wake('event')
    },

    watch: (listener) => watchers.watch(listener),
  }
}

function toClaim({ key }: Delivery, arrived: Arrived): Claim {
  const { outcome, token, attempts, finished_handlers: finished } = arrived
  if (outcome === 'processed' || outcome === 'skipped') return { status: 'processed' }
  if (outcome !== 'new' && outcome !== 'taken') return { status: 'in_flight' }
  const lease: Lease = {
    key,
    token: toNumber(token),
    attempt: toNumber(attempts),
    finishedHandlers: JSON.parse(finished ?? '[]'),
  }
  return { status: 'claimed', lease }
}

function toRecorded(outcome: string | null | undefined, asked: EventState): Recorded {
  if (outcome === 'processed' || outcome === 'skipped') return 'processed'
  if (asked !== 'received')
    return outcome === 'received' || outcome === 'failed' ? 'unfinished' : 'idle'
  return outcome === 'new' || outcome === 'taken' ? 'stored' : 'unfinished'
}
