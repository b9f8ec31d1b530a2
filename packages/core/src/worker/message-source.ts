import type { Sender, Settings } from '../billing/settings.ts'
import { answerOf } from '../processing/answer-of-store.ts'
import { retryDelay } from '../processing/backoff.ts'
import { describe } from '../processing/end-attempt.ts'
import { leaseMs } from '../processing/lease-ms.ts'
import type { ClaimedMessage, SendResult } from '../store/outbox-store.ts'
import type { TransactionKind } from '../store/transaction.ts'
import type { RunResult, Source } from './source.ts'

export function messageSource<Tx extends TransactionKind>(
  settings: Settings<Tx>,
): Source<ClaimedMessage> {
  const { clock, logger, mode, random, retries, senders, store } = settings

  async function send(
    message: ClaimedMessage,
    stopping: AbortSignal,
  ): Promise<SendResult> {
    const { topic, attempt } = message
    try {
      // It was claimed while its worker stopped.
      stopping.throwIfAborted()
      const sender = senders.get(topic)
      if (sender === undefined) {
        throw new Error(
          `no sender is registered for the topic ${JSON.stringify(topic)}: write createBilling({ outbox: { … } })`,
        )
      }
      await callSender(sender, message, stopping, settings)
      return { state: 'sent' }
    } catch (error) {
      if (stopping.aborted) {
        // As it was: the attempt is counted all the same, since it may have been sent.
        return { state: 'failed', error: 'the worker was stopped', retryAt: clock.now() }
      }
      logger.error('a message of the outbox was not sent', {
        topic,
        key: message.key,
        attempt,
        error,
      })
      const text = describe(error)
      if (attempt >= retries.limit) return { state: 'dead', error: text }
      const retryAt = clock.now() + retryDelay(retries, attempt, random())
      return { state: 'failed', error: text, retryAt }
    }
  }

  async function run(message: ClaimedMessage, stopping: AbortSignal): Promise<RunResult> {
    const result = await send(message, stopping)
    try {
      const settling = store.outbox.settle(message, result, { now: clock.now() })
      await answerOf(settling, settings)
    } catch (error) {
      logger.error(
        'the store did not note what became of a message, so it is sent again',
        {
          topic: message.topic,
          key: message.key,
          error,
        },
      )
      return 'failed'
    }
    if (result.state === 'sent') return 'done'
    return stopping.aborted ? 'given_back' : result.state
  }

  return {
    name: 'message',
    async claim(limit) {
      const options = {
        now: clock.now(),
        leaseMs: leaseMs(settings),
        livemode: mode === 'live',
        limit,
      }
      const batch = await answerOf(store.outbox.claimNext(options), settings)
      return { items: batch.messages, nextDueAt: batch.nextDueAt }
    },
    run,
  }
}

/** Settles with the sender, when it has run too long, or when the worker has to stop. */
function callSender<Tx extends TransactionKind>(
  sender: Sender,
  { key, attempt, account, livemode, payload }: ClaimedMessage,
  stopping: AbortSignal,
  { clock, handlerTimeoutMs, logger }: Settings<Tx>,
): Promise<unknown> {
  const ending = new AbortController()
  const facts = {
    key,
    attempt,
    account: account === '' ? undefined : account,
    livemode,
    signal: ending.signal,
    logger,
  }
  return new Promise((resolve, reject) => {
    const end = (error: unknown) => {
      ending.abort(error)
      reject(error)
    }
    const stop = () => end(stopping.reason)
    const timer = clock.setTimeout(
      () => end(new Error(`it ran longer than handlerTimeoutMs (${handlerTimeoutMs})`)),
      handlerTimeoutMs,
    )
    stopping.addEventListener('abort', stop, { once: true })
    Promise.resolve()
      .then(() => sender(payload, facts))
      .then(resolve, reject)
      .finally(() => {
        clock.clearTimeout(timer)
        stopping.removeEventListener('abort', stop)
      })
  })
}
