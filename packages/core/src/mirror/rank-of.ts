import type { InvoiceStatus, MirroredObject } from './mirrored.ts'
import { SUBSCRIPTION_RANKS } from './subscription-status.ts'

/** From here on nothing follows but changes of what is beside the status. */
export const FINAL_RANK = 9

/**
 * Source: https://docs.stripe.com/invoicing/overview#invoice-statuses
 */
const INVOICE_RANKS: Readonly<Record<InvoiceStatus, number>> = {
  draft: 0,
  open: 1,
  uncollectible: 2,
  paid: 3,
  void: FINAL_RANK,
  deleted: FINAL_RANK,
}

/**
 * How far an object has come on the way that no object goes back. Of two states of one
 * object the one with the higher rank is the later one; the rank of many is equal.
 */
export function rankOf(object: MirroredObject): number {
  switch (object.kind) {
    case 'customer':
      return object.deleted ? FINAL_RANK : 0
    case 'subscription':
      return rankIn(SUBSCRIPTION_RANKS, object.status)
    case 'invoice': {
      const attempts = Math.min(Math.max(object.attemptCount, 0), 999)
      // `attempt_count` never goes down. It decides where the status does not.
      return rankIn(INVOICE_RANKS, object.status ?? '') + attempts / 1_000
    }
  }
}

/** A status that Stripe invents may come before or after the others: it is like most. */
function rankIn(ranks: Readonly<Record<string, number>>, status: string): number {
  return Object.hasOwn(ranks, status) ? (ranks[status] ?? 1) : 1
}
