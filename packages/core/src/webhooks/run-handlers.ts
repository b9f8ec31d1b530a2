import type { Payload, RegisteredHandler, Settings } from '../billing/settings.ts'
import { type BillingError, isBillingError } from '../errors/billing-error.ts'
import type { CommitMark, Lease } from '../store/store.ts'
import type { TransactionKind } from '../store/transaction.ts'
import { answerOf } from './answer-of-store.ts'
import { createHandlerRun, leaseLost, storeUnavailable } from './handler-run.ts'
import type { Outcome } from './reply.ts'

/**
 * Runs the handlers of a claimed event, commits the mark with the last one, or hands the
 * event back. Never rejects.
 *
 * @param claimedAt The time from which the lease counts.
 */
export function runHandlers<Tx extends TransactionKind>(
  event: Payload,
  endpoint: string | undefined,
  handlers: readonly RegisteredHandler<Tx>[],
  lease: Lease,
  claimedAt: number,
  settings: Settings<Tx>,
): Promise<Outcome> {
  const { clock, handlerTimeoutMs } = settings
  const timeout = new AbortController()
  const run: Run<Tx> = { event, endpoint, lease, settings, signal: timeout.signal }
  return new Promise((resolve) => {
    const timer = clock.setTimeout(
      () => {
        const error = new Error(
          `handlers of ${event.type} ran longer than handlerTimeoutMs (${handlerTimeoutMs})`,
        )
        timeout.abort(error)
        reportFailure(run, error)
        resolve('handler_failed')
      },
      Math.max(0, claimedAt + handlerTimeoutMs - clock.now()),
    )
    runInOrder(run, handlers).then(
      () => {
        clock.clearTimeout(timer)
        resolve('processed')
      },
      (error: unknown) => {
        clock.clearTimeout(timer)
        // Those that ran too long have kept the event until now, when they have ended, so that
        // no other delivery started them a second time beside these.
        const { aborted, reason } = timeout.signal
        resolve(handBack(run, error, !aborted || error !== reason))
      },
    )
  })
}

interface Run<Tx extends TransactionKind> {
  readonly event: Payload
  readonly endpoint: string | undefined
  readonly lease: Lease
  readonly settings: Settings<Tx>
  readonly signal: AbortSignal
}

async function runInOrder<Tx extends TransactionKind>(
  run: Run<Tx>,
  handlers: readonly RegisteredHandler<Tx>[],
): Promise<void> {
  const { finishedHandlers } = run.lease
  const pending =
    finishedHandlers.length === 0
      ? handlers
      : handlers.filter(({ name }) => !finishedHandlers.includes(name))
  for (const [index, handler] of pending.entries()) {
    run.signal.throwIfAborted()
    const isLast = index === pending.length - 1
    await runOne(run, handler, {
      handler: handler.name,
      ...(isLast ? { state: 'processed' } : {}),
    })
  }
  // Earlier attempts had finished every handler, but were made when there were more of them.
  if (pending.length === 0) await commitMark(run, { handler: '', state: 'processed' })
}

async function runOne<Tx extends TransactionKind>(
  run: Run<Tx>,
  handler: RegisteredHandler<Tx>,
  mark: CommitMark,
): Promise<void> {
  const { settings, lease, endpoint, signal } = run
  const { context, settled } = createHandlerRun(settings, lease, endpoint, mark, signal)
  let failure: { readonly error: unknown } | undefined
  try {
    await handler.handle(run.event, context)
  } catch (error) {
    failure = { error }
  }
  const { committed, unseen } = await settled()
  const failed = failure ?? unseen
  if (committed) {
    if (failed === undefined) return
    run.settings.logger.error(
      'a handler failed after its transaction had committed, so it is not run again; what may fail belongs before context.transaction, and in one callback',
      { eventId: run.event.id, type: run.event.type, handler: handler.name, ...failed },
    )
    return
  }
  if (failed !== undefined) throw failed.error
  await commitMark(run, mark)
}

async function commitMark<Tx extends TransactionKind>(
  { lease, settings }: Run<Tx>,
  mark: CommitMark,
): Promise<void> {
  let isCommitted: boolean
  try {
    isCommitted = (await settings.store.commit(lease, mark)).committed
  } catch (error) {
    throw storeUnavailable(error)
  }
  if (!isCommitted) throw leaseLost(lease)
}

/** Gives the event back to the store, so that its next delivery can run it at once. Never rejects. */
async function handBack<Tx extends TransactionKind>(
  run: Run<Tx>,
  error: unknown,
  isNews: boolean,
): Promise<Outcome> {
  const { event, lease, settings } = run
  if (isNews) reportFailure(run, error)
  if (isBillingError(error) && error.code === 'lease_lost') return 'in_flight'
  try {
    const releasing = settings.store.release(lease, { error: describe(error) })
    await answerOf(releasing, settings)
  } catch (releaseError) {
    settings.logger.error(
      'the store did not take the event back; it is free again when its lease ends',
      {
        eventId: event.id,
        error: releaseError,
      },
    )
    return 'store_unavailable'
  }
  return isStoreFailure(error) ? 'store_unavailable' : 'handler_failed'
}

function reportFailure<Tx extends TransactionKind>(
  { event, lease, settings: { logger } }: Run<Tx>,
  error: unknown,
): void {
  const fields = { eventId: event.id, type: event.type, attempt: lease.attempt, error }
  if (isBillingError(error) && error.code === 'lease_lost') {
    logger.warn(error.message, fields)
  } else {
    logger.error(
      isStoreFailure(error)
        ? error.message
        : 'a handler failed, so Stripe is asked to deliver the event again',
      fields,
    )
  }
}

function isStoreFailure(error: unknown): error is BillingError {
  return isBillingError(error) && error.code === 'store_unavailable'
}

function describe(error: unknown): string {
  try {
    return error instanceof Error
      ? `${error.name}: ${error.message}`
      : `threw a ${typeof error}`
  } catch {
    return 'threw an error that cannot be described'
  }
}
