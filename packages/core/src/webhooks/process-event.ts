import type { RegisteredHandler, Settings } from '../billing/settings.ts'
import type { StripeEvent } from '../events/event.ts'
import type { Claim, Delivery } from '../store/store.ts'
import type { TransactionKind } from '../store/transaction.ts'
import { answerOf } from './answer-of-store.ts'
import type { Outcome } from './reply.ts'
import { runHandlers } from './run-handlers.ts'

/**
 * A lease outlives the signal that tells its handlers to stop, so that no other delivery
 * begins before, although two machines' clocks may differ a little. In milliseconds.
 */
const LEASE_MARGIN_MS = 5_000

/** Takes one verified event through the store and its handlers. Never rejects. */
export async function processEvent<Tx extends TransactionKind>(
  event: StripeEvent,
  body: Uint8Array,
  settings: Settings<Tx>,
): Promise<Outcome> {
  const delivery: Delivery = {
    key: { livemode: event.livemode, account: event.account ?? '', eventId: event.id },
    type: event.type,
    created: event.created,
    body,
  }
  if (event.livemode !== (settings.mode === 'live')) {
    settings.logger.warn(
      `an event of the other mode was recorded and not run: this billing is in ${settings.mode} mode`,
      { eventId: event.id, livemode: event.livemode },
    )
    return record(delivery, 'other_mode', settings)
  }
  const handlers = settings.handlersOf(event.type)
  if (handlers.length === 0) return record(delivery, 'ignored', settings)
  return claimAndRun(event, delivery, handlers, settings)
}

async function record<Tx extends TransactionKind>(
  delivery: Delivery,
  outcome: 'ignored' | 'other_mode',
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
  event: StripeEvent,
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
      return runHandlers(event, handlers, claim.lease, now, settings)
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
