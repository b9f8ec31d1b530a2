import type { RegisteredHandler } from '../billing/settings.ts'
import type { TransactionKind } from '../store/transaction.ts'
import type { Outcome } from '../webhooks/reply.ts'
import type { Attempt } from './attempt.ts'
import { giveBack, handBack, reportFailure } from './end-attempt.ts'
import { runInOrder } from './run-in-order.ts'

/**
 * Runs the handlers of a claimed event, commits the mark with the last one, or hands the
 * event back. Never rejects, and takes no longer than `handlerTimeoutMs`.
 */
export function runHandlers<Tx extends TransactionKind>(
  attempt: Attempt<Tx>,
  handlers: readonly RegisteredHandler<Tx>[],
): Promise<Outcome> {
  const { event, claimedAt, settings, stopping } = attempt
  const { clock, handlerTimeoutMs } = settings
  // It was claimed while its worker stopped.
  if (stopping?.aborted) return giveBack(attempt)
  const untilMs = claimedAt + handlerTimeoutMs - clock.now()
  const ending = new AbortController()
  return new Promise((resolve) => {
    const timer = clock.setTimeout(
      () => {
        const error = new Error(
          `handlers of ${event.type} ran longer than handlerTimeoutMs (${handlerTimeoutMs})`,
        )
        ending.abort(error)
        reportFailure(attempt, error)
        resolve('handler_failed')
      },
      // A clock that has jumped back meanwhile gives no more time.
      Math.min(handlerTimeoutMs, Math.max(0, untilMs)),
    )
    const stop = () => {
      ending.abort(stopping?.reason)
      resolve(giveBack(attempt))
    }
    stopping?.addEventListener('abort', stop, { once: true })
    const settle = () => {
      clock.clearTimeout(timer)
      stopping?.removeEventListener('abort', stop)
    }
    runInOrder(attempt, handlers, ending.signal).then(
      (outcome) => {
        settle()
        resolve(outcome)
      },
      (error: unknown) => {
        settle()
        if (stopping?.aborted) return
        // Those that ran too long have kept the event until now, when they have ended, so that
        // no other delivery started them a second time beside these.
        const { aborted, reason } = ending.signal
        resolve(handBack(attempt, error, !aborted || error !== reason))
      },
    )
  })
}
