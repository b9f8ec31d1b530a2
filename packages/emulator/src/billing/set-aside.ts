// Invoices that are made and not collected. Source:
// https://docs.stripe.com/billing/subscriptions/pause-payment and
// https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses
import type { Context } from '../state/context.ts'
import type { Invoice } from './invoice-object.ts'
import { finalizeInvoice, markUncollectible, voidInvoice } from './invoices.ts'
import type { Subscription } from './subscription-object.ts'

/** While a subscription is unpaid, or its collection is paused, its invoices are not collected. */
export function collects({ pause_collection, status }: Subscription): boolean {
  return status !== 'unpaid' && pause_collection === null
}

/** What becomes of an invoice that is not collected; those of an unpaid subscription stay drafts. */
export function setAside(
  context: Context,
  invoice: Invoice,
  { pause_collection, status }: Subscription,
): void {
  const behavior = pause_collection?.behavior ?? 'keep_as_draft'
  if (status === 'unpaid' || behavior === 'keep_as_draft') return
  finalizeInvoice(context, invoice)
  if (invoice.status !== 'open') return
  if (behavior === 'void') voidInvoice(context, invoice)
  else markUncollectible(context, invoice)
}
