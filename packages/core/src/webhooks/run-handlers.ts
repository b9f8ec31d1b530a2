import type { RegisteredHandler, Settings } from '../billing/settings.ts'
import { isBillingError } from '../errors/billing-error.ts'
import type { StripeEvent } from '../events/event.ts'
import type { CommitMark, Lease } from '../store/store.ts'
import type { TransactionKind } from '../store/transaction.ts'
import { createHandlerRun, leaseLost, storeUnavailable } from './handler-run.ts'
import type { Outcome } from './reply.ts'

/** Runs the handlers of a claimed event, commits the mark with the last one, or hands the event back. Never rejects. */
export async function runHandlers<Tx extends TransactionKind>(
  event: StripeEvent,
  handlers: readonly RegisteredHandler<Tx>[],
  lease: Lease,
  settings: Settings<Tx>,
): Promise<Outcome> {
  const { clock, handlerTimeoutMs } = settings
  const finishedHandlers: string[] = []
  const timeout = new AbortController()
  const timer = clock.setTimeout(() => {
    timeout.abort(
      new Error(
        `handlers of ${event.type} ran longer than handlerTimeoutMs (${handlerTimeoutMs})`,
      ),
    )
  }, handlerTimeoutMs)
  const run: Run<Tx> = {
    event,
    lease,
    settings,
    finishedHandlers,
    signal: timeout.signal,
  }
  try {
    await Promise.race([runInOrder(run, handlers), rejectOnAbort(timeout.signal)])
    return 'processed'
  } catch (error) {
    return handBack(run, error)
  } finally {
    clock.clearTimeout(timer)
  }
}

interface Run<Tx extends TransactionKind> {
  readonly event: StripeEvent
  readonly lease: Lease
  readonly settings: Settings<Tx>
  /** Handlers that have ended well without a transaction of their own. */
  readonly finishedHandlers: string[]
  readonly signal: AbortSignal
}

async function runInOrder<Tx extends TransactionKind>(
  run: Run<Tx>,
  handlers: readonly RegisteredHandler<Tx>[],
): Promise<void> {
  const pending = handlers.filter(
    ({ name }) => !run.lease.finishedHandlers.includes(name),
  )
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
  const { context, hasCommitted } = createHandlerRun(
    run.settings,
    run.lease,
    mark,
    run.signal,
  )
  try {
    await handler.handle(run.event, context)
  } catch (error) {
    if (!hasCommitted()) throw error
    run.settings.logger.error(
      'a handler threw after its transaction had committed, so it is not run again; what may fail belongs before context.transaction',
      { eventId: run.event.id, type: run.event.type, handler: handler.name, error },
    )
  }
  if (hasCommitted()) return
  if (mark.state === undefined) run.finishedHandlers.push(handler.name)
  else await commitMark(run, mark)
}

async function commitMark<Tx extends TransactionKind>(
  { lease, settings }: Run<Tx>,
  mark: CommitMark,
): Promise<void> {
  const result = await settings.store.commit(lease, mark).catch((error: unknown) => {
    throw storeUnavailable(error)
  })
  if (!result.committed) throw leaseLost(lease)
}

/** Gives the event back to the store, so that its next delivery can run it at once. */
async function handBack<Tx extends TransactionKind>(
  { event, lease, settings, finishedHandlers }: Run<Tx>,
  error: unknown,
): Promise<Outcome> {
  const { logger, store } = settings
  const fields = { eventId: event.id, type: event.type, attempt: lease.attempt, error }
  if (isBillingError(error) && error.code === 'lease_lost') {
    logger.warn(error.message, fields)
    return 'in_flight'
  }
  const storeFailed = isBillingError(error) && error.code === 'store_unavailable'
  logger.error(
    storeFailed
      ? error.message
      : 'a handler failed, so Stripe is asked to deliver the event again',
    fields,
  )
  try {
    await store.release(lease, { error: describe(error), finishedHandlers })
  } catch (releaseError) {
    logger.error(
      'the store did not take the event back; it is free again when its lease ends',
      {
        eventId: event.id,
        error: releaseError,
      },
    )
    return 'store_unavailable'
  }
  return storeFailed ? 'store_unavailable' : 'handler_failed'
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

function describe(error: unknown): string {
  return error instanceof Error
    ? `${error.name}: ${error.message}`
    : `threw a ${typeof error}`
}
