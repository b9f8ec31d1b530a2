import type { Payload, RegisteredHandler, Settings } from '../billing/settings.ts'
import type { Claim, Delivery } from '../store/store.ts'
import type { TransactionKind } from '../store/transaction.ts'
import { answerOf } from './answer-of-store.ts'
import type { Foreignness } from './find-binding.ts'
import type { Outcome } from './reply.ts'
import { runHandlers } from './run-handlers.ts'

/**
 * A lease outlives the signal that tells its handlers to stop, so that no other delivery
 * begins before, although two machines' clocks may differ a little. In milliseconds.
 */
const LEASE_MARGIN_MS = 5_000

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
  const handlers = settings.handlersOf(delivery.type)
  return handlers.length === 0
    ? record(delivery, 'ignored', settings)
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
    : record(delivery, foreignness, settings)
}

async function record<Tx extends TransactionKind>(
  delivery: Delivery,
  outcome: 'ignored' | Foreignness,
  settings: Settings<Tx>,
): Promise<Outcome> {
  try {
    const recording = settings.store.record(delivery, 'ignored')
    const recorded = await answerOf(recording, settings)
    if (recorded === 'processed') return 'duplicate'
    if (recorded === 'idle') return outcome
    // A 2xx would end Stripe's deliveries while another instance, perhaps a newer one,
    // still has to finish what it began.
    settings.logger.warn(
      'an event on which nothing acts here is being processed elsewhere, or has failed there, so Stripe is asked to deliver it again',
      { eventId: delivery.key.eventId, type: delivery.type },
    )
    return 'in_flight'
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
  let claim: Claim
  const now = settings.clock.now()
  try {
    const leaseMs = settings.handlerTimeoutMs + LEASE_MARGIN_MS
    claim = await answerOf(settings.store.claim(delivery, { now, leaseMs }), settings)
  } catch (error) {
    return storeFailed(error, delivery, settings)
  }
  switch (claim.status) {
    case 'processed':
      return 'duplicate'
    case 'in_flight':
      return 'in_flight'
    case 'claimed':
      return runHandlers(payload, delivery.endpoint, handlers, claim.lease, now, settings)
  }
}

function storeFailed<Tx extends TransactionKind>(
  error: unknown,
  { key }: Delivery,
  { logger }: Settings<Tx>,
): Outcome {
  logger.error(
    'the store did not answer, so Stripe is asked to deliver the event again',
    {
      eventId: key.eventId,
      error,
    },
  )
  return 'store_unavailable'
}
