import { hashes, refuseUnmodelled } from '../api/not-modelled.ts'
import { nested, type Params, text } from '../api/params.ts'
import type { Call } from '../api/route.ts'
import { invalidRequest } from '../api/stripe-error.ts'
import { type Context, contextOf } from '../state/context.ts'
import { periodAt } from './calendar.ts'
import { hasEnded } from './cancel-subscription.ts'
import { draftInvoice, pendingLines } from './invoice-drafts.ts'
import { recurringLine } from './invoice-lines.ts'
import type { Invoice } from './invoice-object.ts'
import { readItems } from './item-params.ts'
import { hasUpcoming, upcomingInvoice } from './renew.ts'
import { periodOf, recurringOf } from './subscription-items.ts'
import type { Subscription } from './subscription-object.ts'
import { UNMODELLED } from './subscription-params.ts'
import { readUpdate } from './update-plan.ts'

const REFUSED = [
  'automatic_tax[enabled]',
  'discounts',
  'invoice_items',
  'issuer',
  'schedule',
  'schedule_details',
]

/** What the next invoice would be, or the one that a change would make. Nothing is kept. Source: https://docs.stripe.com/api/invoices/create_preview */
export function previewInvoice(call: Call): Invoice {
  const invoice = previewAsked(call)
  const id = `upcoming_${invoice.id}`
  const data = invoice.lines.data.map((line) => ({ ...line, invoice: id }))
  return {
    ...invoice,
    id,
    lines: { ...invoice.lines, data, url: `/v1/invoices/${id}/lines` },
  }
}

function previewAsked(call: Call): Invoice {
  const { account, params } = call
  refuseUnmodelled(params, REFUSED)
  const details = nested(params, 'subscription_details') ?? {}
  refuseUnmodelled(details, UNMODELLED)
  refusePriceData(details)
  const id = text(params, 'subscription')
  if (id) {
    const subscription = account.subscriptions.get(id, 'subscription', 400)
    return previewOf(contextOf(call, subscription.customer), subscription, details)
  }
  const customer = text(params, 'customer') ?? ''
  return previewNew(contextOf(call, customer), customer, details)
}

/** A preview makes no prices. */
function refusePriceData(details: Params): void {
  for (const { hash, path } of hashes(details, 'items')) {
    if (hash.price_data === undefined) continue
    throw invalidRequest(
      'The emulator does not model price_data in previews. It refuses it rather than guess what Stripe would do.',
      { param: `subscription_details[${path}][price_data]` },
    )
  }
}

function previewOf(
  context: Context,
  subscription: Subscription,
  details: Params,
): Invoice {
  if (Object.keys(details).length === 0) {
    if (hasUpcoming(context, subscription)) return upcomingInvoice(context, subscription)
    throw noUpcoming(subscription)
  }
  if (hasEnded(subscription)) throw noUpcoming(subscription)
  const { account } = context
  const plan = readUpdate(context, subscription, details)()
  const changed: Subscription = { ...subscription, ...plan.fields }
  const { currency, customer } = subscription
  const pending = pendingLines(context, customer, currency, subscription.id)
  const { end } = periodOf(changed)
  const { billing_cycle_anchor, items } = changed
  const next = periodAt(billing_cycle_anchor, recurringOf(items.data), end)
  const later = plan.isInvoiced
    ? plan.lines
    : items.data.map((item) => recurringLine(account, item, next))
  return draftInvoice(context, {
    customer: account.customers.get(customer),
    subscription,
    reason: plan.isInvoiced ? 'subscription_update' : 'upcoming',
    currency,
    lines: [...pending, ...plan.prorations, ...later],
    periodStart: periodOf(subscription).start,
    periodEnd: plan.isInvoiced ? context.timeline.now() : periodOf(changed).end,
    collectionMethod: changed.collection_method,
    dueDate: null,
    autoAdvance: true,
  })
}

function noUpcoming({ customer }: Subscription): Error {
  return invalidRequest(`No upcoming invoices for customer: ${customer}`, {
    code: 'invoice_upcoming_none',
    status: 404,
  })
}

function previewNew(context: Context, customerId: string, details: Params): Invoice {
  const { account, timeline } = context
  const customer = account.customers.get(customerId, 'customer', 400)
  const now = timeline.now()
  const items = readItems(account, details).flatMap(({ source, quantity, metadata }) =>
    'price' in source
      ? {
          id: 'si_preview',
          metadata,
          price: source.price,
          quantity,
          subscription: 'sub_preview',
        }
      : [],
  )
  const period = periodAt(now, recurringOf(items), now)
  const currency = items[0]?.price.currency ?? 'usd'
  return draftInvoice(context, {
    customer,
    subscription: undefined,
    reason: 'upcoming',
    currency,
    lines: [
      ...pendingLines(context, customer.id, currency),
      ...items.map((item) => recurringLine(account, item, period)),
    ],
    periodStart: now,
    periodEnd: now,
    collectionMethod: 'charge_automatically',
    dueDate: null,
    autoAdvance: true,
  })
}
