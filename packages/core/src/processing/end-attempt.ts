import {
  type BillingError,
  type BillingErrorCode,
  isBillingError,
} from '../errors/billing-error.ts'
import type { Release } from '../store/inbox-store.ts'
import type { TransactionKind } from '../store/transaction.ts'
import type { Outcome } from '../webhooks/reply.ts'
import { answerOf } from './answer-of-store.ts'
import type { Attempt } from './attempt.ts'
import { retryDelay } from './backoff.ts'

/**
 * Gives a failed event back to the store: its next delivery can run it at once, a worker
 * when it is due, and none by itself once it has failed as often as it may. Never rejects.
 *
 * @param isNews Whether nobody was told of the failure yet.
 */
export async function handBack<Tx extends TransactionKind>(
  attempt: Attempt<Tx>,
  error: unknown,
  isNews: boolean,
): Promise<Outcome> {
  if (isNews) reportFailure(attempt, error)
  if (isLostLease(error)) return 'in_flight'
  const { lease, limit, settings } = attempt
  const { clock, logger, random, retries } = settings
  const text = describe(error)
  if (lease.attempt >= limit) {
    logger.error(
      `an event has failed ${lease.attempt} times and is given up: it is dead until billing.recovery.retry, or another delivery, runs it`,
      { eventId: lease.key.eventId, type: attempt.event.type, error },
    )
  }
  const end: Release =
    lease.attempt >= limit
      ? { state: 'dead', error: text }
      : {
          state: 'failed',
          error: text,
          retryAt: clock.now() + retryDelay(retries, lease.attempt, random()),
        }
  const isReleased = await release(attempt, end)
  return isReleased && !isStoreFailure(error) ? 'handler_failed' : 'store_unavailable'
}

/** Gives an event back as if it had not been claimed, since its worker stops. Never rejects. */
export async function giveBack<Tx extends TransactionKind>(
  attempt: Attempt<Tx>,
): Promise<Outcome> {
  const isReleased = await release(attempt, { state: 'received' })
  return isReleased ? 'in_flight' : 'store_unavailable'
}

async function release<Tx extends TransactionKind>(
  { event, lease, settings }: Attempt<Tx>,
  end: Release,
): Promise<boolean> {
  try {
    const releasing = settings.store.release(lease, end, { now: settings.clock.now() })
    await answerOf(releasing, settings)
    return true
  } catch (error) {
    settings.logger.error(
      'the store did not take the event back; it is free again when its lease ends',
      { eventId: event.id, error },
    )
    return false
  }
}

export function reportFailure<Tx extends TransactionKind>(
  { event, lease, settings: { logger, processing }, stopping }: Attempt<Tx>,
  error: unknown,
): void {
  const fields = { eventId: event.id, type: event.type, attempt: lease.attempt, error }
  if (isLostLease(error)) {
    logger.warn(error.message, fields)
  } else if (isStoreFailure(error) || hasCode(error, 'refetch_failed')) {
    logger.error(error.message, fields)
  } else {
    logger.error(
      processing === 'inline' && stopping === undefined
        ? 'a handler failed, so Stripe is asked to deliver the event again'
        : 'a handler failed, so the event will be tried again',
      fields,
    )
  }
}

function isLostLease(error: unknown): error is BillingError {
  return hasCode(error, 'lease_lost')
}

function isStoreFailure(error: unknown): error is BillingError {
  return hasCode(error, 'store_unavailable')
}

function hasCode(error: unknown, code: BillingErrorCode): error is BillingError {
  return isBillingError(error) && error.code === code
}

/** What the store keeps of an error, for people. */
export function describe(error: unknown): string {
  try {
    return error instanceof Error
      ? `${error.name}: ${error.message}`.slice(0, 1_000)
      : `threw a ${typeof error}`
  } catch {
    return 'threw an error that cannot be described'
  }
}
