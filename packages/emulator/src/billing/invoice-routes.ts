import { matching, page as pageOf, pageOfArray } from '../api/list.ts'
import { choice, refuseUnmodelled } from '../api/not-modelled.ts'
import { flag, integer, mergeMetadata, type Params, text } from '../api/params.ts'
import { type Call, idAt, type Route } from '../api/route.ts'
import { invalidRequest } from '../api/stripe-error.ts'
import { currencyOf } from '../catalogue/currency.ts'
import { change } from '../state/change.ts'
import { type Context, contextOf, emit, emitChange } from '../state/context.ts'
import { setAutoAdvance } from './auto-advance.ts'
import { collectAutomatically } from './collect.ts'
import { pendingLines } from './invoice-drafts.ts'
import type { Invoice, InvoiceStatus } from './invoice-object.ts'
import {
  addInvoice,
  finalizeInvoice,
  markUncollectible,
  scheduleFinalization,
  settleState,
  voidInvoice,
} from './invoices.ts'
import { pay } from './pay-invoice.ts'
import { previewInvoice } from './preview-invoice.ts'
import { periodOf } from './subscription-items.ts'
import { readDefaultPaymentMethod } from './subscription-params.ts'

const REFUSED = [
  'automatic_tax[enabled]',
  'default_tax_rates',
  'discounts',
  'from_invoice',
  'shipping_cost',
]

const missing = [
  ...REFUSED.map((name) => `${name} (refused)`),
  'application_fee_amount, issuer, on_behalf_of, payment_settings, rendering, transfer_data (without effect)',
]

export const invoiceRoutes: readonly Route[] = [
  { operation: 'POST /v1/invoices', run: create, missing },
  { operation: 'GET /v1/invoices', run: page },
  {
    operation: 'POST /v1/invoices/create_preview',
    run: previewInvoice,
    missing: ['schedule, schedule_details, discounts, automatic_tax, issuer (refused)'],
  },
  { operation: 'GET /v1/invoices/{invoice}', run: find },
  {
    operation: 'POST /v1/invoices/{invoice}',
    run: update,
    missing,
    unverified: ['how soon a payment goes on when auto_advance is set again'],
  },
  {
    operation: 'DELETE /v1/invoices/{invoice}',
    run: remove,
    unverified: ['its items are deleted with it'],
  },
  {
    operation: 'GET /v1/invoices/{invoice}/lines',
    run: (call) => {
      const { id, lines } = find(call)
      return pageOfArray(lines.data, `/v1/invoices/${id}/lines`, call.params)
    },
  },
  { operation: 'POST /v1/invoices/{invoice}/finalize', run: finalize },
  {
    operation: 'POST /v1/invoices/{invoice}/pay',
    run: (call) => pay(call, find(call)),
    missing: ['forgive, mandate, source'],
    unverified: [
      'amount_paid when it is paid out of band',
      'another payment intent is made when its own has been canceled',
    ],
  },
  {
    operation: 'POST /v1/invoices/{invoice}/send',
    run: send,
    missing: ['no e-mail is sent'],
  },
  { operation: 'POST /v1/invoices/{invoice}/void', run: voids },
  { operation: 'POST /v1/invoices/{invoice}/mark_uncollectible', run: marks },
]

function find(call: Call): Invoice {
  return call.account.invoices.get(idAt(call), 'invoice')
}

function page({ account, params }: Call): unknown {
  const matches = matching(params, ['collection_method', 'customer', 'status'])
  const subscription = text(params, 'subscription')
  return pageOf(
    account.invoices,
    '/v1/invoices',
    params,
    (invoice) =>
      matches(invoice) &&
      (!subscription ||
        invoice.parent?.subscription_details.subscription === subscription),
  )
}

function create(call: Call): Invoice {
  const { account, params } = call
  refuseUnmodelled(params, REFUSED)
  const customer = account.customers.get(text(params, 'customer') ?? '', 'customer', 400)
  const context = contextOf(call, customer.id)
  const now = context.timeline.now()
  const id = text(params, 'subscription')
  const subscription = id ? account.subscriptions.get(id, 'subscription', 400) : undefined
  const currency = currencyOf(
    text(params, 'currency') ?? subscription?.currency ?? customer.currency ?? 'usd',
  )
  const includes = choice(params, 'pending_invoice_items_behavior', [
    'exclude',
    'include',
  ])
  const lines =
    includes === 'include'
      ? pendingLines(context, customer.id, currency, id ?? undefined)
      : []
  const method =
    choice(params, 'collection_method', ['charge_automatically', 'send_invoice']) ??
    'charge_automatically'
  const invoice = addInvoice(context, {
    customer,
    subscription,
    reason: 'manual',
    currency,
    lines,
    periodStart: subscription === undefined ? now : periodOf(subscription).start,
    periodEnd: now,
    collectionMethod: method,
    dueDate: method === 'send_invoice' ? dueDate(params, now) : null,
    autoAdvance: flag(params, 'auto_advance') ?? false,
    fields: readFields(context, params, customer.id),
  })
  scheduleFinalization(context, invoice, collectAutomatically)
  return invoice
}

/** `due_date`, or `days_until_due` from now on. */
function dueDate(params: Params, now: number): number {
  const days = integer(params, 'days_until_due')
  const due =
    integer(params, 'due_date') ?? (days === undefined ? undefined : now + days * 86_400)
  if (due !== undefined && due >= now) return due
  throw invalidRequest(
    'If invoice collection method is `send_invoice`, you must pass `due_date` or `days_until_due`.',
    { param: 'days_until_due' },
  )
}

function readFields(
  { account }: Context,
  params: Params,
  customer: string,
  metadata: Invoice['metadata'] = {},
): Partial<Invoice> {
  const fields: Partial<Invoice> = { metadata: mergeMetadata(metadata, params) }
  for (const name of [
    'description',
    'footer',
    'statement_descriptor',
    'number',
  ] as const) {
    const value = text(params, name)
    if (value !== undefined) fields[name] = value
  }
  const paymentMethod = readDefaultPaymentMethod(account, params, customer)
  if (paymentMethod !== undefined) fields.default_payment_method = paymentMethod
  return fields
}

const OPEN_TO_CHANGE = ['expand', 'metadata']

function update(call: Call): Invoice {
  const { params } = call
  refuseUnmodelled(params, REFUSED)
  const invoice = find(call)
  const context = contextOf(call, invoice.customer)
  const names = Object.keys(params)
  const isDraft = invoice.status === 'draft'
  const fixed = names.find(
    (name) =>
      !OPEN_TO_CHANGE.includes(name) &&
      name !== 'auto_advance' &&
      name !== 'default_payment_method',
  )
  if (!isDraft && fixed !== undefined) {
    throw invalidRequest(
      `Finalized invoices can't be updated in this way: ${fixed} can only be changed while the invoice is a draft.`,
      { code: 'invoice_not_editable', param: fixed },
    )
  }
  const fields = readFields(context, params, invoice.customer, invoice.metadata)
  const previous = change(invoice, {
    ...fields,
    ...((params.days_until_due !== undefined || params.due_date !== undefined) && {
      due_date: dueDate(params, context.timeline.now()),
    }),
    ...setAutoAdvance(context, invoice, flag(params, 'auto_advance')),
  })
  emitChange(context, 'invoice.updated', invoice, previous)
  return invoice
}

function expectStatus(
  invoice: Invoice,
  what: string,
  allowed: readonly InvoiceStatus[],
): void {
  if (allowed.includes(invoice.status)) return
  throw invalidRequest(
    `You can only ${what} an invoice with the status ${allowed.join(' or ')}. This invoice has the status ${invoice.status}.`,
    { code: 'invoice_not_editable' },
  )
}

function remove(call: Call): unknown {
  const invoice = find(call)
  const { account } = call
  expectStatus(invoice, 'delete', ['draft'])
  if (invoice.parent !== null) {
    throw invalidRequest('You cannot delete an invoice that a subscription has made.')
  }
  settleState(account, invoice)
  account.invoices.delete(invoice.id)
  for (const item of account.invoiceItems.where('customer', invoice.customer)) {
    if (item.invoice === invoice.id) account.invoiceItems.delete(item.id)
  }
  emit(contextOf(call, invoice.customer), 'invoice.deleted', invoice)
  return { id: invoice.id, object: 'invoice', deleted: true }
}

function finalize(call: Call): Invoice {
  const invoice = find(call)
  expectStatus(invoice, 'finalize', ['draft'])
  const context = contextOf(call, invoice.customer)
  const autoAdvance = flag(call.params, 'auto_advance')
  finalizeInvoice(context, invoice, { autoAdvance })
  collectAutomatically(context, invoice)
  return invoice
}

function send(call: Call): Invoice {
  const invoice = find(call)
  expectStatus(invoice, 'send', ['draft', 'open', 'paid'])
  const context = contextOf(call, invoice.customer)
  if (invoice.collection_method !== 'send_invoice') {
    throw invalidRequest(
      'You can only manually send an invoice if its collection method is `send_invoice`.',
    )
  }
  if (invoice.status === 'draft') finalizeInvoice(context, invoice)
  emit(context, 'invoice.sent', invoice)
  return invoice
}

function voids(call: Call): Invoice {
  const invoice = find(call)
  expectStatus(invoice, 'void', ['open', 'uncollectible'])
  voidInvoice(contextOf(call, invoice.customer), invoice)
  return invoice
}

function marks(call: Call): Invoice {
  const invoice = find(call)
  expectStatus(invoice, 'mark as uncollectible', ['open'])
  markUncollectible(contextOf(call, invoice.customer), invoice)
  return invoice
}
