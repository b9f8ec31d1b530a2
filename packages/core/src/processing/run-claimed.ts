import type { Settings } from '../billing/settings.ts'
import { toNotification } from '../events/event-notification.ts'
import { parseEvent } from '../events/parse-event.ts'
import type { ClaimedEvent, Release } from '../store/inbox-store.ts'
import type { TransactionKind } from '../store/transaction.ts'
import type { RunResult } from '../worker/source.ts'
import { actsOn } from './acts-on.ts'
import { answerOf } from './answer-of-store.ts'
import { runHandlers } from './run-handlers.ts'

/** An event, and since when it is leased. */
export interface LeasedEvent extends ClaimedEvent {
  readonly claimedAt: number
}

/**
 * Runs an event that a worker has claimed from the store. Never rejects.
 *
 * @param limit How many attempts it has, this one included; then it is dead.
 */
export async function runClaimed<Tx extends TransactionKind>(
  { delivery, lease, claimedAt }: LeasedEvent,
  limit: number,
  settings: Settings<Tx>,
  stopping: AbortSignal,
): Promise<RunResult> {
  const { client, clock, handlersOf, logger, store } = settings
  const { type, endpoint } = delivery
  const { eventId } = lease.key
  const end = async (release: Release, result: RunResult): Promise<RunResult> => {
    try {
      await answerOf(store.release(lease, release, { now: clock.now() }), settings)
      return result
    } catch (error) {
      logger.error('the store did not take an event back', { eventId, error })
      return 'failed'
    }
  }

  if (lease.attempt > limit) {
    // Attempts that fail say so; these ended with their process, or not at all.
    const error = `none of ${limit} attempts has come to an end`
    logger.error('an event is given up', { eventId, type, error })
    return end({ state: 'dead', error }, 'dead')
  }
  const parsed = parseEvent(delivery.body)
  if (parsed.kind === 'invalid') {
    const error = `the stored body is no event: ${parsed.problem}`
    logger.error('an event is given up', { eventId, type, error })
    return end({ state: 'dead', error }, 'dead')
  }
  if (!actsOn(settings, type)) {
    const mark = { now: clock.now(), handler: undefined, state: 'ignored' } as const
    try {
      await answerOf(store.commit(lease, mark), settings)
      return 'done'
    } catch (error) {
      logger.error('the store did not take an event that nothing acts on', {
        eventId,
        error,
      })
      return 'failed'
    }
  }
  const event =
    parsed.kind === 'thin' ? toNotification(parsed.received, client) : parsed.received
  const attempt = { event, endpoint, lease, claimedAt, limit, settings, stopping }
  const outcome = await runHandlers(attempt, handlersOf(type))
  if (outcome === 'processed' || outcome === 'unmatched') return 'done'
  if (stopping.aborted) return 'given_back'
  const isDead = outcome === 'handler_failed' && lease.attempt >= limit
  return isDead ? 'dead' : 'failed'
}
