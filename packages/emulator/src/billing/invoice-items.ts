import { type Context, emit } from '../state/context.ts'
import type { InvoiceItem } from './invoice-item-object.ts'
import type { LineDraft } from './invoice-lines.ts'

/** Keeps a line that waits for the next invoice of its customer, or for a draft that it was made for. */
export function addInvoiceItem(
  context: Context,
  customer: string,
  line: LineDraft,
  fields: Partial<Pick<InvoiceItem, 'invoice' | 'proration_details'>> = {},
): InvoiceItem {
  const { account, timeline } = context
  const item: InvoiceItem = {
    id: account.newId('ii'),
    object: 'invoiceitem',
    amount: line.amount,
    created: timeline.now(),
    currency: line.currency,
    customer,
    customer_account: null,
    date: timeline.now(),
    description: line.description,
    discountable: line.discountable,
    discounts: [],
    invoice: fields.invoice ?? null,
    livemode: false,
    metadata: line.metadata,
    net_amount: line.amount,
    parent:
      line.subscription === null
        ? null
        : {
            type: 'subscription_details',
            subscription_details: {
              subscription: line.subscription,
              subscription_item: line.subscriptionItem,
            },
          },
    period: line.period,
    pricing: line.pricing,
    proration: line.proration,
    proration_details: fields.proration_details ?? {
      credited_items: null,
      discount_amounts: [],
    },
    quantity: line.quantity,
    quantity_decimal: String(line.quantity),
    tax_rates: [],
    test_clock: account.customers.find(customer)?.test_clock ?? null,
  }
  // Stripe has no such field here; lists go by it all the same.
  Object.defineProperty(item, 'created', { enumerable: false })
  account.invoiceItems.add(item)
  emit(context, 'invoiceitem.created', item)
  return item
}
