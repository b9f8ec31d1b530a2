import {
  type Claim,
  type ClaimOptions,
  type CommitMark,
  type CommitResult,
  type Delivery,
  type InboxStore,
  type Lease,
  type Recorded,
  type Recording,
  refusePromise,
  type SyncTransaction,
} from '@countersign/core'
import {
  openTransaction,
  type SqliteTransaction,
  type StatementCache,
} from '../transaction/open-transaction.ts'
import type { Additions } from './additions.ts'
import { createClaimNext } from './claim-next.ts'
import { type EventRow, isHeld, NO_HANDLERS } from './event-row.ts'
import type { EventStatements } from './event-statements.ts'
import type { StoreContext } from './store-context.ts'

type SqliteKind = SyncTransaction<SqliteTransaction>

const PROCESSED: Claim = { status: 'processed' }
const IN_FLIGHT: Claim = { status: 'in_flight' }
const COMMITTED = { status: 'committed' } as const
const NOT_COMMITTED = { committed: false } as const

const always = () => true
const never = () => false

// A claim that a crash takes back costs nothing: the event was not acknowledged.
const isFinal = ({ status }: { readonly status: string }) =>
  status === 'committed' || status === 'processed'

export function createInbox(
  context: StoreContext,
  statements: EventStatements,
  additions: Additions,
): InboxStore<SqliteKind> {
  const { db, due, write } = context
  const selectDue = createClaimNext(context, statements)
  const cache: StatementCache = new Map()

  function insertBody(seq: number | bigint, { body }: Delivery): void {
    statements.insertBody.run(seq, body)
  }

  function peekClaim({ key }: Delivery, options: ClaimOptions): Claim | undefined {
    const row = statements.find(key)
    return row && settledClaim(row, options)
  }

  /** Claims an event that is there already. */
  function claimKnown(delivery: Delivery, options: ClaimOptions): Claim {
    const row = statements.find(delivery.key)
    if (row === undefined) throw new Error('The event vanished during its claim.')
    const settled = settledClaim(row, options)
    if (settled !== undefined) return settled
    insertBody(row.seq, delivery)
    return { status: 'claimed', lease: statements.lease(delivery.key, row, options) }
  }

  return {
    claim: (delivery, options) =>
      write<Claim>({
        peek: () => peekClaim(delivery, options),
        write() {
          const { changes, lastInsertRowid } = statements.insertLeased(delivery, options)
          if (changes !== 1) return claimKnown(delivery, options)
          insertBody(lastInsertRowid, delivery)
          return { status: 'claimed', lease: firstLease(delivery) }
        },
        isRelied: isFinal,
      }),

    claimAndCommit: (delivery, mark, options) =>
      write<typeof COMMITTED | Claim>({
        peek: () => peekClaim(delivery, options),
        write() {
          const { changes, lastInsertRowid } = statements.insertDone(delivery, mark)
          if (changes !== 1) return claimKnown(delivery, options)
          insertBody(lastInsertRowid, delivery)
          additions.addAll(delivery.key, mark)
          return COMMITTED
        },
        isRelied: isFinal,
        isIsolated: hasAdditions(mark),
      }),

    record: (delivery, state, { now }) =>
      write<Recorded>({
        peek() {
          const row = statements.find(delivery.key)
          return row && settledRecord(row, state)
        },
        write() {
          const { changes, lastInsertRowid } = statements.insertIdle(delivery, state, now)
          if (changes === 1) {
            insertBody(lastInsertRowid, delivery)
          } else {
            const row = statements.find(delivery.key)
            const settled = row && settledRecord(row, state)
            if (settled !== undefined || row === undefined) return settled ?? 'idle'
            insertBody(row.seq, delivery)
            statements.makeWait.run(row.seq)
          }
          if (state !== 'received') return 'idle'
          due.note('event')
          return 'stored'
        },
        isRelied: always,
      }),

    claimNext: (options) => write({ write: () => selectDue(options), isRelied: never }),

    commit<T>(
      lease: Lease,
      mark: CommitMark,
      work?: (tx: SqliteTransaction, recording: Recording<SqliteKind>) => T,
    ): Promise<CommitResult<T>> {
      const { key } = lease
      return write<CommitResult<T>>({
        write() {
          if (!statements.mark(lease, mark)) return NOT_COMMITTED
          additions.addAll(key, mark)
          if (work === undefined) return { committed: true, value: undefined }
          const { tx, assertOpen, close } = openTransaction(db, cache)
          try {
            const value = work(tx, {
              effect(effect) {
                assertOpen()
                return additions.addEffect(key, effect, mark.now)
              },
              outbox(message) {
                assertOpen()
                return additions.addMessage(key, message, mark.now)
              },
            })
            refusePromise(value)
            return { committed: true, value }
          } finally {
            close()
          }
        },
        isRelied: ({ committed }) => committed,
        isIsolated: work !== undefined || hasAdditions(mark),
      })
    },

    release: (lease, end, { now }) =>
      write({
        write() {
          const isOver = statements.release(lease, end, now)
          if (isOver && end.state !== 'dead') due.note('event')
        },
        isRelied: always,
      }),

    watch: due.watch,
  }
}

/** The answer to a delivery of an event that needs no claim, or that somebody holds. */
function settledClaim(row: EventRow, options: ClaimOptions): Claim | undefined {
  if (row.state === 'processed' || row.state === 'skipped') return PROCESSED
  return isHeld(row.lease_until, options) ? IN_FLIGHT : undefined
}

function settledRecord(row: EventRow, to: string): Recorded | undefined {
  if (row.state === 'processed' || row.state === 'skipped') return 'processed'
  if (row.state === 'received' || row.state === 'failed') return 'unfinished'
  return to === 'received' ? undefined : 'idle'
}

function firstLease({ key }: Delivery): Lease {
  return { key, token: 1, attempt: 1, finishedHandlers: NO_HANDLERS }
}

function hasAdditions({ declared, mirror }: CommitMark): boolean {
  return mirror !== undefined || (declared !== undefined && declared.length > 0)
}
