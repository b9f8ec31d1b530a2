import type { Settings } from '../billing/settings.ts'
import type { StripeEvent } from '../events/event.ts'
import { parseEvent } from '../events/parse-event.ts'
import { verifySignature } from '../signature/verify-signature.ts'
import type { TransactionKind } from '../store/transaction.ts'
import type { Inbound } from './inbound.ts'
import { processEvent } from './process-event.ts'
import { outcomeOfUnreadBody, readBody } from './read-body.ts'
import { type Outcome, type Reply, replies, retryLater } from './reply.ts'

/** Makes `billing.webhooks.receive`. What it returns never rejects for anything that a sender can cause. */
export function createReceiver<Tx extends TransactionKind>(
  settings: Settings<Tx>,
): (inbound: Inbound) => Promise<Reply> {
  const warnOfTrain = createTrainWarning(settings)

  async function decide(inbound: Inbound): Promise<Outcome> {
    if (inbound.method !== 'POST') return 'method_not_allowed'
    const encoding = inbound.header('content-encoding')
    if (encoding !== undefined && encoding !== 'identity') return 'body_encoded'

    let body: Uint8Array
    try {
      body = await readBody(inbound, settings)
    } catch (error) {
      return outcomeOfUnreadBody(error, settings.logger)
    }

    const verifying = verifySignature({
      body,
      header: inbound.header('stripe-signature'),
      keys: settings.keys,
      now: settings.clock.now(),
      toleranceSeconds: settings.toleranceSeconds,
    })
    const signature = 'valid' in verifying ? verifying : await verifying
    if (!signature.valid) {
      settings.logger.warn('a webhook was refused: its signature does not hold', {
        reason: signature.reason,
        bytes: body.length,
      })
      return 'signature_invalid'
    }

    const parsed = parseEvent(body)
    switch (parsed.kind) {
      case 'event':
        warnOfTrain(parsed.event)
        return processEvent(parsed.event, body, settings)
      case 'thin_notification':
        settings.logger.error(
          'a thin event notification was refused: this endpoint takes snapshot events. Choose the payload style "snapshot" for it in Stripe.',
        )
        return 'thin_notification_unsupported'
      case 'invalid':
        settings.logger.warn(`a signed body was refused: ${parsed.problem}`, {
          bytes: body.length,
        })
        return 'event_invalid'
    }
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
