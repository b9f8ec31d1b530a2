import type { Settings } from '../billing/settings.ts'
import { BillingError, isBillingError } from '../errors/billing-error.ts'
import type { ContextOf, HandlerContext } from '../events/handlers.ts'
import type { CommitMark, Lease } from '../store/inbox-store.ts'
import type { OutboxMessage } from '../store/outbox-store.ts'
import {
  type EffectResult,
  isThenable,
  type Recording,
  type StoreWork,
  type TransactionKind,
  type TransactionWork,
} from '../store/transaction.ts'
import { checkMessage } from './check-message.ts'
import { originOf } from './declared-by.ts'
import { WatchedPromise } from './watched-promise.ts'

/** One run of one handler: what it is given, and what became of its transaction. */
export interface HandlerRun<Tx extends TransactionKind> {
  readonly context: ContextOf<Tx>
  /** Why the handler found nobody, when it did. */
  readonly unmatchedReason: () => string | undefined
  /**
   * To be called when the handler has ended: waits for a transaction that it left open,
   * tells what became of it, and lets no other begin. Never rejects.
   */
  readonly settled: () => Promise<{
    readonly committed: boolean
    /** What a transaction failed with that the handler did not wait for: a forgotten `await` must not lose an effect. */
    readonly unseen?: { readonly error: unknown }
  }>
}

export function createHandlerRun<Tx extends TransactionKind>(
  settings: Pick<Settings<Tx>, 'logger' | 'store'>,
  lease: Lease,
  endpoint: string | undefined,
  markOf: (unmatched: string | undefined) => CommitMark,
  signal: AbortSignal,
): HandlerRun<Tx> {
  let phase: 'ready' | 'open' | 'committed' | 'ended' = 'ready'
  /** Another transaction was asked for inside, or beside, the one that is open. */
  let isOverlapped = false
  let open: Recording<Tx> | undefined
  /** The store has failed: whether it has committed is not known, and only a new lease tells. */
  let unknown: BillingError | undefined
  let reason: string | undefined
  const transactions: WatchedPromise<unknown>[] = []

  function transaction<T>(work: TransactionWork<Tx, T>): Promise<T> {
    const result = new WatchedPromise<T>((resolve) => resolve(commit(work)))
    transactions.push(result)
    return result
  }

  async function commit<T>(work: TransactionWork<Tx, T>): Promise<T> {
    if (phase !== 'ready') {
      isOverlapped ||= phase === 'open'
      const error = transactionClosed(phase)
      // The handler has returned: perhaps nobody is there to be told.
      if (phase === 'ended')
        settings.logger.error(error.message, { eventId: lease.key.eventId })
      throw error
    }
    if (unknown !== undefined) throw unknown
    phase = 'open'
    isOverlapped = false
    // A store rejects in one way for two reasons: its own failure, and that of the
    // callback. What the sender is told depends on which it was.
    let failedWork: { readonly error: unknown } | undefined
    const observedWork = (tx: never, recording: Recording<Tx>): unknown => {
      open = recording
      return settle(
        () => (work as (tx: never) => unknown)(tx),
        () => {
          // Half of what the handler meant to write must not count as the whole.
          if (isOverlapped) throw transactionClosed('open')
        },
        (failure) => {
          open = undefined
          failedWork = failure
        },
      )
    }
    try {
      // Which of its two shapes the callback has, only the store's type parameter knows.
      const storeWork = observedWork as unknown as StoreWork<Tx, T>
      const result = await settings.store.commit<T>(lease, markOf(reason), storeWork)
      if (!result.committed) throw leaseLost(lease)
      phase = 'committed'
      return result.value as T
    } catch (error) {
      phase = 'ready'
      open = undefined
      if (failedWork !== undefined || isBillingError(error)) throw error
      unknown = storeUnavailable(error)
      throw unknown
    }
  }

  function effect(key: string): EffectResult<Tx> {
    if (typeof key !== 'string' || key === '') {
      throw new BillingError(
        'effect_key_invalid',
        `context.effect was given ${key === '' ? 'an empty text' : `a value of the type ${typeof key}`} as its key, which other events would share. Name what happens and to what: context.effect(\`invoice \${invoice.id}: access granted\`).`,
      )
    }
    return recording(`context.effect(${JSON.stringify(key)})`).effect(key)
  }

  function outbox(message: OutboxMessage): EffectResult<Tx> {
    checkMessage(message)
    return recording(`context.outbox(… ${JSON.stringify(message.key)})`).outbox(message)
  }

  function recording(call: string): Recording<Tx> {
    if (open !== undefined) return open
    throw new BillingError(
      'effect_outside_transaction',
      `${call} was called outside the callback of context.transaction. An effect counts together with what it does, so write: await context.transaction((tx) => { if (context.effect(key)) … }).`,
    )
  }

  function unmatched(why: string): void {
    if (phase === 'ready') {
      reason = typeof why === 'string' && why !== '' ? why : 'no reason was given'
      return
    }
    settings.logger.warn(
      'context.unmatched was called too late: its handler has begun to commit, so the event counts as processed. Call it before context.transaction.',
      { eventId: lease.key.eventId },
    )
  }

  const { key, attempt } = lease
  const context: HandlerContext<Tx> = {
    transaction,
    effect,
    outbox,
    unmatched,
    attempt,
    ...originOf(key, endpoint),
    signal,
    logger: settings.logger,
  }

  async function settled(): ReturnType<HandlerRun<Tx>['settled']> {
    if (transactions.length === 0) {
      phase = 'ended'
      return nothingCommitted
    }
    // What is still open now was not awaited by the handler itself, whoever else looks at it.
    const unfinished = new Set(transactions.filter(({ isSettled }) => !isSettled))
    let unseen: { readonly error: unknown } | undefined
    for (const promise of transactions) {
      const failure = await promise.outcome
      if (unfinished.has(promise) || !promise.isWatched) unseen ??= failure
    }
    const committed = phase === 'committed'
    phase = 'ended'
    return unseen === undefined ? { committed } : { committed, unseen }
  }

  return {
    context: context as ContextOf<Tx>,
    unmatchedReason: () => reason,
    settled,
  }
}

const nothingCommitted = { committed: false } as const

/** Runs something synchronous or asynchronous, then a check, and reports its end, failed or not, exactly once. */
function settle(
  run: () => unknown,
  check: () => void,
  onEnd: (failure: { readonly error: unknown } | undefined) => void,
): unknown {
  let value: unknown
  try {
    value = run()
    if (!isThenable(value)) check()
  } catch (error) {
    onEnd({ error })
    throw error
  }
  if (!isThenable(value)) {
    onEnd(undefined)
    return value
  }
  return value
    .then((result: unknown) => {
      check()
      return result
    })
    .then(
      (result: unknown) => {
        onEnd(undefined)
        return result
      },
      (error: unknown) => {
        onEnd({ error })
        throw error
      },
    )
}

export function leaseLost({ key }: Lease): BillingError {
  return new BillingError(
    'lease_lost',
    `Another delivery of ${key.eventId} took over while its handler was running, so nothing of this run was committed. If handlers take long, raise handlerTimeoutMs.`,
  )
}

export function storeUnavailable(cause: unknown): BillingError {
  return new BillingError(
    'store_unavailable',
    'The store did not answer, so it is not known whether the event was recorded. Stripe will deliver it again.',
    { cause },
  )
}

const closed = {
  open: 'context.transaction was called while a transaction of this handler was open. Await the first one, or write both parts in one callback.',
  committed:
    'context.transaction was called again after it had committed. A handler commits once: write everything in one callback.',
  ended:
    'context.transaction was called after its handler had ended, so nothing was written. Await or return every promise in the handler.',
} as const

function transactionClosed(phase: keyof typeof closed): BillingError {
  return new BillingError('transaction_closed', closed[phase])
}
