import type { RegisteredHandler, Settings } from '../billing/settings.ts'
import type { StripeEvent } from '../events/event.ts'
import type { Claim, Delivery } from '../store/store.ts'
import type { TransactionKind } from '../store/transaction.ts'
import type { Outcome } from './reply.ts'
import { runHandlers } from './run-handlers.ts'

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
    await settings.store.record(delivery, 'ignored')
    return outcome
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
  try {
    claim = await settings.store.claim(delivery, {
      now: settings.clock.now(),
      leaseMs: settings.handlerTimeoutMs,
    })
  } catch (error) {
    return storeFailed(error, delivery, settings)
  }
  switch (claim.status) {
    case 'done':
      return 'duplicate'
    case 'in_flight':
      return 'in_flight'
    case 'claimed':
      return runHandlers(event, handlers, claim.lease, settings)
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
