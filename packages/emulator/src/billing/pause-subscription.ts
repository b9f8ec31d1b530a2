// Source: https://docs.stripe.com/billing/subscriptions/pause and the reference of both
// operations in the `stripe` package.
import { choice } from '../api/not-modelled.ts'
import { integer, nested, type Params, text } from '../api/params.ts'
import { invalidRequest, StripeError } from '../api/stripe-error.ts'
import { change } from '../state/change.ts'
import { type Context, contextOfTime, emit } from '../state/context.ts'
import { periodAt } from './calendar.ts'
import { subscriptionState } from './cancel-subscription.ts'
import { creditLines } from './change-items.ts'
import { collect } from './collect.ts'
import { noteDebits } from './debits.ts'
import { setStatus } from './follow-invoice.ts'
import { addInvoiceItem } from './invoice-items.ts'
import { recurringLine, remainingLine } from './invoice-lines.ts'
import type { Invoice } from './invoice-object.ts'
import { finalizeInvoice, voidInvoice } from './invoices.ts'
import { planAhead, planCancellation } from './renew.ts'
import { invoiceSubscription } from './subscription-invoices.ts'
import { periodOf, recurringOf, withPeriod } from './subscription-items.ts'
import type { Subscription } from './subscription-object.ts'

const ATTEMPT_WITHIN = 23 * 3_600

export function pauseSubscription(
  context: Context,
  subscription: Subscription,
  params: Params,
): void {
  const { account, timeline } = context
  const { status, schedule } = subscription
  if (schedule !== null)
    throw invalidRequest('You cannot pause a subscription with an attached schedule.')
  // Which statuses may be paused is unverified against Stripe.
  if (status !== 'active' && status !== 'trialing' && status !== 'past_due') {
    throw invalidRequest(`You cannot pause a subscription with the status ${status}.`)
  }
  const { type } = subscription.billing_mode as { readonly type: string }
  if (type !== 'flexible') {
    throw invalidRequest(
      'Pausing is only available for subscriptions with billing_mode[type]=flexible.',
    )
  }
  const behaviour =
    choice(params, 'invoicing_behavior', ['invoice', 'pending_invoice_item']) ??
    'pending_invoice_item'
  const from = creditedFrom(subscription, params, timeline.now())
  const credits =
    from === undefined || status === 'trialing'
      ? []
      : creditLines(account, subscription, from)
  const state = subscriptionState(account, subscription)
  state.renewal?.cancel()
  state.reminder?.cancel()
  noteDebits(account, subscription, credits)
  for (const line of credits) addInvoiceItem(context, subscription.customer, line)
  change(subscription, {
    status: 'paused',
    status_details: {
      paused: {
        subscription: { type: 'pause_requested' },
        transitioned_at: timeline.now(),
        type: 'subscription',
      },
    },
  })
  emit(context, 'customer.subscription.paused', subscription)
  planCancellation(context, subscription)
  if (behaviour !== 'invoice' || credits.length === 0) return
  const invoice = invoiceSubscription(context, subscription, {
    reason: 'subscription_update',
    lines: [],
    period: { start: periodOf(subscription).start, end: timeline.now() },
    autoAdvance: true,
  })
  finalizeInvoice(context, invoice)
}

/** From when unused time is given back: `bill_for[unused_time_from][type]`. */
function creditedFrom(
  subscription: Subscription,
  params: Params,
  now: number,
): number | undefined {
  const given = nested(nested(params, 'bill_for') ?? {}, 'unused_time_from') ?? {}
  const type = text(given, 'type') ?? 'now'
  if (type === 'none') return undefined
  return type === 'item_current_period_start' ? periodOf(subscription).start : now
}

/** Resumes a paused subscription, once the invoice of the resumption has been paid for. */
export function resumeSubscription(
  context: Context,
  subscription: Subscription,
  params: Params,
): void {
  const { account, timeline } = context
  if (subscription.status !== 'paused') {
    throw invalidRequest(
      `Only a subscription with the status paused can be resumed; this one is ${subscription.status}.`,
    )
  }
  if (subscription.collection_method === 'send_invoice') {
    throw invalidRequest(
      'Resume is only available for subscriptions that use `collection_method=charge_automatically`.',
    )
  }
  const state = subscriptionState(account, subscription)
  if (state.pending !== undefined)
    throw invalidRequest(
      'The subscription is being resumed: its resumption invoice is open.',
    )
  const behaviour =
    choice(params, 'payment_behavior', [
      'resume_on_payment_attempt',
      'resume_on_payment_success',
    ]) ?? 'resume_on_payment_attempt'
  const now = timeline.now()
  const isReset = anchorOf(params) === 'now'
  const anchor = isReset ? now : subscription.billing_cycle_anchor
  const whole = periodAt(anchor, recurringOf(subscription.items.data), now)
  const proration =
    choice(params, 'proration_behavior', [
      'always_invoice',
      'create_prorations',
      'none',
    ]) ?? 'create_prorations'
  const from = integer(params, 'proration_date') ?? now
  const lines = subscription.items.data.flatMap((item) => {
    if (isReset) return recurringLine(account, item, whole)
    return proration === 'none' ? [] : remainingLine(account, item, whole, from)
  })
  const activate = (later: Context) => {
    state.pending = undefined
    noteDebits(account, subscription, lines)
    change(subscription, {
      billing_cycle_anchor: anchor,
      items: withPeriod(subscription, { start: now, end: whole.end }),
      status: 'active',
    })
    Reflect.deleteProperty(subscription, 'status_details')
    emit(later, 'customer.subscription.resumed', subscription)
    planAhead(later, subscription)
  }
  if (lines.length === 0) {
    activate(context)
    return
  }
  const before = subscription.latest_invoice
  const invoice = invoiceSubscription(context, subscription, {
    reason: 'subscription_update',
    lines,
    period: { start: now, end: now },
    autoAdvance: true,
    announce: () => {
      emit(context, 'customer.subscription.updated', subscription, {
        latest_invoice: before,
      })
    },
  })
  state.pending = {
    invoice: invoice.id,
    apply: activate,
    drop: () => {
      state.pending = undefined
    },
  }
  finalizeInvoice(context, invoice)
  if (invoice.status !== 'open') return
  voidUnattempted(context, invoice)
  const attempted = attempt(context, invoice)
  if (!attempted || behaviour !== 'resume_on_payment_attempt') return
  if (state.pending === undefined) return
  // That a failed attempt resumes, and is past due at once, is unverified against Stripe.
  activate(context)
  setStatus(context, subscription, 'past_due')
}

/** @returns whether there was something to charge */
function attempt(context: Context, invoice: Invoice): boolean {
  try {
    collect(context, invoice, { kind: 'manual', offSession: true })
    return true
  } catch (error) {
    if (!(error instanceof StripeError)) throw error
    return error.body.code !== 'resource_missing'
  }
}

function voidUnattempted(context: Context, invoice: Invoice): void {
  const { account, timeline } = context
  timeline.schedule(timeline.now() + ATTEMPT_WITHIN, () => {
    if (invoice.status !== 'open' || invoice.attempted) return
    voidInvoice(contextOfTime(account, invoice.customer), invoice)
  })
}

/** A hash since endive, a word before. */
function anchorOf(params: Params): 'now' | 'unchanged' {
  const hash = nested(params, 'billing_cycle_anchor')
  const given =
    hash === undefined ? text(params, 'billing_cycle_anchor') : text(hash, 'type')
  return given === 'unchanged' ? 'unchanged' : 'now'
}
