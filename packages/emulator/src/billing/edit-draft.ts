import { listOf } from '../api/list.ts'
import { change } from '../state/change.ts'
import { type Context, emitChange } from '../state/context.ts'
import { totalsOf } from './invoice-drafts.ts'
import { lineOf, lineOfInvoiceItem } from './invoice-lines.ts'
import type { Invoice, InvoiceLine } from './invoice-object.ts'

/** Makes the lines of a draft those of its invoice items again; what a subscription put on it stays. */
export function syncLines(context: Context, invoice: Invoice): void {
  const { account } = context
  const known = new Map(invoice.lines.data.map((line) => [invoiceItemOf(line), line]))
  const items = account.invoiceItems
    .where('customer', invoice.customer)
    .filter((item) => item.invoice === invoice.id)
    .map((item) => {
      const line = lineOf(account, lineOfInvoiceItem(item), invoice.id)
      return { ...line, id: known.get(item.id)?.id ?? line.id }
    })
  const others = invoice.lines.data.filter((line) => !invoiceItemOf(line))
  const lines = [...items, ...others]
  const balance = account.customers.find(invoice.customer)?.balance ?? 0
  const previous = change(invoice, {
    lines: listOf(lines, `/v1/invoices/${invoice.id}/lines`),
    ...totalsOf(lines, balance, invoice.currency),
  })
  emitChange(context, 'invoice.updated', invoice, previous)
}

/** What a line came from, if it was an invoice item: of a subscription's, or of its own. */
function invoiceItemOf({ parent }: InvoiceLine): unknown {
  const { invoice_item_details, subscription_item_details } = parent
  return (invoice_item_details ?? subscription_item_details)?.invoice_item
}
