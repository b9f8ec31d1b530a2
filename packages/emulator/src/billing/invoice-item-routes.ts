import { matching, page as pageOf } from '../api/list.ts'
import { refuseUnmodelled } from '../api/not-modelled.ts'
import { flag, type Params, text } from '../api/params.ts'
import { type Call, idAt, type Route } from '../api/route.ts'
import { invalidRequest } from '../api/stripe-error.ts'
import { type Context, contextOf, emit } from '../state/context.ts'
import { syncLines } from './edit-draft.ts'
import type { InvoiceItem } from './invoice-item-object.ts'
import { readItemChange, readLine } from './invoice-item-params.ts'
import { addInvoiceItem } from './invoice-items.ts'
import type { Invoice } from './invoice-object.ts'

const REFUSED = ['discounts', 'tax_rates', 'price_data']

const missing = [
  ...REFUSED.map((name) => `${name} (refused)`),
  'invoicing_rules, quantity_decimal, tax_behavior, tax_code (without effect)',
]

export const invoiceItemRoutes: readonly Route[] = [
  { operation: 'POST /v1/invoiceitems', run: create, missing },
  { operation: 'GET /v1/invoiceitems', run: page },
  {
    operation: 'GET /v1/invoiceitems/{invoiceitem}',
    run: (call) => call.account.invoiceItems.get(idAt(call), 'invoiceitem'),
  },
  { operation: 'POST /v1/invoiceitems/{invoiceitem}', run: update, missing },
  { operation: 'DELETE /v1/invoiceitems/{invoiceitem}', run: remove },
]

function create(call: Call): InvoiceItem {
  const { account, params } = call
  refuseUnmodelled(params, REFUSED)
  const id = text(params, 'customer') ?? ''
  const customer = account.customers.get(id, 'customer', 400)
  const context = contextOf(call, customer.id)
  const line = readLine(context, params, customer.id)
  const invoice = readInvoice(context, params, line.currency, customer.id)
  const item = addInvoiceItem(context, customer.id, line, {
    invoice: invoice?.id ?? null,
  })
  if (invoice !== undefined) syncLines(context, invoice)
  return item
}

/** A draft of the same customer; without one it waits for the next. */
function readInvoice(
  { account }: Context,
  params: Params,
  currency: string,
  customer: string,
): Invoice | undefined {
  const id = text(params, 'invoice')
  if (!id) return undefined
  const invoice = account.invoices.get(id, 'invoice', 400)
  if (invoice.customer !== customer) {
    throw invalidRequest('The invoice belongs to another customer.', { param: 'invoice' })
  }
  if (invoice.currency !== currency) {
    throw invalidRequest(
      `The currency of the invoice item (${currency}) is not that of the invoice (${invoice.currency}).`,
      { param: 'currency' },
    )
  }
  if (invoice.status === 'draft') return invoice
  throw invalidRequest(
    'This invoice is no longer editable: items can only be added to an invoice with the status draft.',
    { code: 'invoice_not_editable', param: 'invoice' },
  )
}

function page({ account, params }: Call): unknown {
  const matches = matching(params, ['customer', 'invoice'])
  const pending = flag(params, 'pending')
  return pageOf(
    account.invoiceItems,
    '/v1/invoiceitems',
    params,
    (item) =>
      matches(item) && (pending === undefined || (item.invoice === null) === pending),
  )
}

/** The draft that an item stands on, if any. @throws StripeError 400 when it is not a draft any more */
function editable({ account }: Context, item: InvoiceItem): Invoice | undefined {
  const invoice = item.invoice === null ? undefined : account.invoices.find(item.invoice)
  if (invoice === undefined || invoice.status === 'draft') return invoice
  throw invalidRequest(
    'This invoice item is attached to an invoice that is no longer editable.',
    { code: 'invoice_not_editable' },
  )
}

function update(call: Call): InvoiceItem {
  const { account, params } = call
  refuseUnmodelled(params, REFUSED)
  const item = account.invoiceItems.get(idAt(call), 'invoiceitem')
  const context = contextOf(call, item.customer)
  const invoice = editable(context, item)
  Object.assign(item, readItemChange(account, item, params))
  if (invoice !== undefined) syncLines(context, invoice)
  return item
}

function remove(call: Call): unknown {
  const { account } = call
  const item = account.invoiceItems.get(idAt(call), 'invoiceitem')
  const context = contextOf(call, item.customer)
  const invoice = editable(context, item)
  account.invoiceItems.delete(item.id)
  emit(context, 'invoiceitem.deleted', item)
  if (invoice !== undefined) syncLines(context, invoice)
  return { id: item.id, object: 'invoiceitem', deleted: true }
}
