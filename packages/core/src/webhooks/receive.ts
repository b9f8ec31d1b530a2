import type { Settings } from '../billing/settings.ts'
import { createDoctor } from '../doctor/doctor.ts'
import type { StripeEvent } from '../events/event.ts'
import { toNotification } from '../events/event-notification.ts'
import { parseEvent } from '../events/parse-event.ts'
import { processEvent, processForeignEvent } from '../processing/process-event.ts'
import { verifySignature } from '../signature/verify-signature.ts'
import type { TransactionKind } from '../store/transaction.ts'
import { findBinding } from './find-binding.ts'
import type { Inbound } from './inbound.ts'
import { outcomeOfUnreadBody, readBody } from './read-body.ts'
import { type Outcome, type Reply, replies, retryLater } from './reply.ts'
import { toDelivery, toEventKey } from './to-delivery.ts'

/** Makes `billing.webhooks.receive`. What it returns never rejects for anything that a sender can cause. */
export function createReceiver<Tx extends TransactionKind>(
  settings: Settings<Tx>,
): (inbound: Inbound) => Promise<Reply> {
  const { bindings, client, clock, keys, logger, mode, toleranceSeconds } = settings
  const warnOfTrain = createTrainWarning(settings)
  const doctor = createDoctor(settings)

  async function decide(inbound: Inbound): Promise<Outcome> {
    if (inbound.method !== 'POST') return 'method_not_allowed'
    const encoding = inbound.header('content-encoding')
    if (encoding !== undefined && encoding !== 'identity') {
      doctor.report('body_encoded')
      return 'body_encoded'
    }

    let body: Uint8Array
    try {
      body = await readBody(inbound, settings)
    } catch (error) {
      return outcomeOfUnreadBody(error, doctor, logger)
    }

    const now = clock.now()
    const header = inbound.header('stripe-signature')
    const verifying = verifySignature({ body, header, keys, now, toleranceSeconds })
    const signature = 'valid' in verifying ? verifying : await verifying
    if (!signature.valid) {
      doctor.examine(signature.reason, body, inbound, now)
      return 'signature_invalid'
    }

    const parsed = parseEvent(body)
    if (parsed.kind === 'invalid') {
      doctor.report('not_an_event', [parsed.problem])
      return 'event_invalid'
    }
    const key = toEventKey(parsed.received)
    const found = findBinding(key, bindings[signature.keyIndex], mode)
    const delivery = toDelivery(key, parsed.received, body, found.endpoint)
    if (found.foreignness !== undefined) {
      return processForeignEvent(found.foreignness, delivery, settings)
    }
    if (parsed.kind === 'thin') {
      return processEvent(toNotification(parsed.received, client), delivery, settings)
    }
    warnOfTrain(parsed.received)
    return processEvent(parsed.received, delivery, settings)
  }

  return async function receive(inbound) {
    const outcome = await decide(inbound)
    const reply = replies[outcome]
    const isPassing = outcome === 'in_flight' || outcome === 'store_unavailable'
    return isPassing ? retryLater(reply, settings.random) : reply
  }
}

/**
 * Warns once when events have the shape of another release train than the SDK: their
 * fields then differ from what the types say. A version is `2026-10-28.endive`; the
 * train is what stands behind the dot.
 */
function createTrainWarning<Tx extends TransactionKind>({
  apiVersion,
  logger,
}: Settings<Tx>): (event: StripeEvent) => void {
  let warned = apiVersion === undefined
  return (event) => {
    if (warned || !event.api_version) return
    if (trainOf(event.api_version) === trainOf(apiVersion)) return
    warned = true
    logger.warn(
      `this endpoint's events have API version ${event.api_version}, and the stripe package was made for ${apiVersion}: their fields differ from its types. Make the endpoint anew with the package's version, or pin the package to the endpoint's.`,
      { eventId: event.id },
    )
  }
}

function trainOf(version: string | undefined): string | undefined {
  return version?.split('.')[1]
}
