import { type Context, emit } from '../state/context.ts'
import { pendingLines } from './invoice-drafts.ts'
import type { Period } from './invoice-item-object.ts'
import type { LineDraft } from './invoice-lines.ts'
import type { BillingReason, Invoice } from './invoice-object.ts'
import { addInvoice } from './invoices.ts'
import { periodOf } from './subscription-items.ts'
import type { Subscription } from './subscription-object.ts'

export interface SubscriptionInvoice {
  readonly reason: BillingReason
  readonly lines: readonly LineDraft[]
  readonly period: Period
  readonly autoAdvance: boolean
  /** Tells how the subscription has changed, now that this is its latest invoice. */
  readonly announce?: () => void
}

/** Makes an invoice of a subscription, with what waits for the customer's next one, and it the latest. */
export function invoiceSubscription(
  context: Context,
  subscription: Subscription,
  { reason, lines, period, autoAdvance, announce }: SubscriptionInvoice,
): Invoice {
  const { account, timeline } = context
  const { collection_method, currency, customer, days_until_due, id } = subscription
  const draft = {
    customer: account.customers.get(customer),
    subscription,
    reason,
    currency,
    lines: [...pendingLines(context, customer, currency, id), ...lines],
    periodStart: period.start,
    periodEnd: period.end,
    collectionMethod: collection_method,
    dueDate:
      collection_method === 'send_invoice'
        ? timeline.now() + (days_until_due ?? 30) * 86_400
        : null,
    autoAdvance,
  }
  return addInvoice(context, draft, (invoice) => {
    subscription.latest_invoice = invoice.id
    announce?.()
  })
}

/** Makes the last invoice of a subscription that has ended: of what has waited for it. */
export function invoiceAfterEnd(
  context: Context,
  subscription: Subscription,
  reason: BillingReason,
): Invoice {
  const { latest_invoice } = subscription
  return invoiceSubscription(context, subscription, {
    reason,
    lines: [],
    period: { start: periodOf(subscription).start, end: context.timeline.now() },
    autoAdvance: true,
    announce: () => {
      const previous = { latest_invoice }
      emit(context, 'customer.subscription.updated', subscription, previous)
    },
  })
}
