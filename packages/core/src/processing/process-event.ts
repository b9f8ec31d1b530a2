import type { Payload, RegisteredHandler, Settings } from '../billing/settings.ts'
import type { Delivery } from '../store/delivery.ts'
import type { IdleState, Recorded } from '../store/inbox-store.ts'
import type { DeclaredEffect } from '../store/outbox-store.ts'
import type { TransactionKind } from '../store/transaction.ts'
import type { Foreignness } from '../webhooks/find-binding.ts'
import type { Outcome } from '../webhooks/reply.ts'
import { actsOn } from './acts-on.ts'
import { answerOf } from './answer-of-store.ts'
import { declaredBy, originOf } from './declared-by.ts'
import { leaseMs } from './lease-ms.ts'
import { runHandlers } from './run-handlers.ts'

/**
 * Takes one verified event through the store and its handlers. Never rejects.
 *
 * @param payload What its handlers are given.
 */
export function processEvent<Tx extends TransactionKind>(
  payload: Payload,
  delivery: Delivery,
  settings: Settings<Tx>,
): Promise<Outcome> {
  if (!actsOn(settings, delivery.type)) {
    return recordIdle(delivery, 'ignored', settings)
  }
  const handlers = settings.handlersOf(delivery.type)
  return settings.processing === 'durable'
    ? recordForWorker(delivery, settings)
    : claimAndRun(payload, delivery, handlers, settings)
}

const whyForeign = {
  other_mode:
    'it is not of the mode that this billing, or the secret that signed it, is for',
  other_account: 'it is not of the account that the secret which signed it is for',
} as const

/** Does with a verified event that does not belong here what the options say. Never rejects. */
export function processForeignEvent<Tx extends TransactionKind>(
  foreignness: Foreignness,
  delivery: Delivery,
  settings: Settings<Tx>,
): Promise<Outcome> {
  const { livemode, account, eventId } = delivery.key
  const refuses = settings.foreignEvents === 'refuse'
  settings.logger.warn(
    `an event was ${refuses ? 'refused' : 'recorded and not run'}: ${whyForeign[foreignness]}`,
    { eventId, livemode, account, endpoint: delivery.endpoint },
  )
  return refuses
    ? Promise.resolve('foreign_event')
    : recordIdle(delivery, foreignness, settings)
}

async function recordIdle<Tx extends TransactionKind>(
  delivery: Delivery,
  outcome: 'ignored' | Foreignness,
  settings: Settings<Tx>,
): Promise<Outcome> {
  const recorded = await record(delivery, 'ignored', settings)
  if (recorded === 'processed') return 'duplicate'
  if (recorded === 'store_unavailable') return recorded
  if (recorded !== 'unfinished') return outcome
  if (settings.processing === 'durable') return 'duplicate'
  // A 2xx would end Stripe's deliveries while another instance, perhaps a newer one,
  // still has to finish what it began.
  settings.logger.warn(
    'an event on which nothing acts here is being processed elsewhere, or has failed there, so Stripe is asked to deliver it again',
    { eventId: delivery.key.eventId, type: delivery.type },
  )
  return 'in_flight'
}

/** Once it is stored, whatever its state, a worker comes to it: a 2xx may be given. */
async function recordForWorker<Tx extends TransactionKind>(
  delivery: Delivery,
  settings: Settings<Tx>,
): Promise<Outcome> {
  const recorded = await record(delivery, 'received', settings)
  if (recorded === 'store_unavailable') return recorded
  return recorded === 'stored' ? 'stored' : 'duplicate'
}

async function record<Tx extends TransactionKind>(
  delivery: Delivery,
  state: 'received' | IdleState,
  settings: Settings<Tx>,
): Promise<Recorded | 'store_unavailable'> {
  try {
    const now = settings.clock.now()
    return await answerOf(settings.store.record(delivery, state, { now }), settings)
  } catch (error) {
    return storeFailed(error, delivery, settings)
  }
}

async function claimAndRun<Tx extends TransactionKind>(
  payload: Payload,
  delivery: Delivery,
  handlers: readonly RegisteredHandler<Tx>[],
  settings: Settings<Tx>,
): Promise<Outcome> {
  const { store } = settings
  const now = settings.clock.now()
  const options = { now, leaseMs: leaseMs(settings) }
  const declared = declaredBeforehand(payload, delivery, handlers, settings)
  const mark = { now, handler: undefined, state: 'processed', declared } as const
  try {
    const claiming =
      declared === undefined
        ? store.claim(delivery, options)
        : store.claimAndCommit(delivery, mark, options)
    const claim = await answerOf(claiming, settings)
    switch (claim.status) {
      case 'committed':
        return 'processed'
      case 'processed':
        return 'duplicate'
      case 'in_flight':
        return 'in_flight'
      case 'claimed': {
        const { endpoint } = delivery
        const { lease } = claim
        const { limit } = settings.retries
        return await runHandlers(
          { event: payload, endpoint, lease, claimedAt: now, limit, settings },
          handlers,
        )
      }
    }
  } catch (error) {
    return storeFailed(error, delivery, settings)
  }
}

/** What the store can commit together with the event, when there is nothing to run for it. */
function declaredBeforehand<Tx extends TransactionKind>(
  payload: Payload,
  { key, type, endpoint }: Delivery,
  handlers: readonly RegisteredHandler<Tx>[],
  { mirror }: Settings<Tx>,
): readonly DeclaredEffect[] | undefined {
  if (mirror.isAbout(type)) return undefined
  try {
    return declaredBy(handlers, payload, originOf(key, endpoint))
  } catch {
    // It will fail once more when the event has been claimed, and be told of then.
    return undefined
  }
}

function storeFailed<Tx extends TransactionKind>(
  error: unknown,
  { key }: Delivery,
  { logger }: Settings<Tx>,
): 'store_unavailable' {
  logger.error(
    'the store did not answer, so Stripe is asked to deliver the event again',
    {
      eventId: key.eventId,
      error,
    },
  )
  return 'store_unavailable'
}
