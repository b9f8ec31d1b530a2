// What time brings to a subscription. Source:
// https://docs.stripe.com/billing/subscriptions/overview,
// https://docs.stripe.com/billing/subscriptions/trials and, for the order of the events,
// inference: Stripe guarantees none.

import type { Account } from '../state/account.ts'
import { changeOf } from '../state/change.ts'
import { type Context, contextOfTime, emit, emitChange } from '../state/context.ts'
import { periodAt } from './calendar.ts'
import { cancelNow, hasEnded, subscriptionState } from './cancel-subscription.ts'
import { collectAutomatically, paymentMethodOf } from './collect.ts'
import { noteDebits } from './debits.ts'
import { draftInvoice, pendingLines } from './invoice-drafts.ts'
import { recurringLine } from './invoice-lines.ts'
import type { Invoice } from './invoice-object.ts'
import { scheduleFinalization } from './invoices.ts'
import { collects, setAside } from './set-aside.ts'
import { invoiceAfterEnd, invoiceSubscription } from './subscription-invoices.ts'
import { periodOf, recurringOf, withPeriod } from './subscription-items.ts'
import type { Subscription } from './subscription-object.ts'

const A_DAY = 86_400
const REMINDER_BEFORE_TRIAL_END = 3 * A_DAY

/** Plans all that time will bring to a subscription as it now is. */
export function planAhead(context: Context, subscription: Subscription): void {
  planRenewal(context, subscription)
  planTrialReminder(context, subscription)
  planCancellation(context, subscription)
}

/** Plans the end of the period that a subscription is in: a renewal, the end of its trial, or its own. */
function planRenewal(context: Context, subscription: Subscription): void {
  const { account, timeline } = context
  const state = subscriptionState(account, subscription)
  const { end } = periodOf(subscription)
  state.renewal?.cancel()
  state.renewal = timeline.schedule(end, () => endPeriod(account, subscription))
  state.reminder?.cancel()
  state.reminder = undefined
  const { upcomingDays } = account.world.billing
  const isReminded =
    upcomingDays > 0 && subscription.collection_method === 'charge_automatically'
  const at = end - upcomingDays * A_DAY
  // A period that is shorter than the notice has none.
  if (!isReminded || subscription.status === 'trialing' || at <= timeline.now()) return
  state.reminder = timeline.schedule(at, () => announce(account, subscription))
}

/** Three days before its end, or at once when it is shorter. */
function planTrialReminder(context: Context, subscription: Subscription): void {
  const { account, timeline } = context
  if (subscription.trial_end === null || subscription.status !== 'trialing') return
  const at = subscription.trial_end - REMINDER_BEFORE_TRIAL_END
  const state = subscriptionState(account, subscription)
  state.reminder?.cancel()
  const remind = () => {
    const later = contextOfTime(account, subscription.customer)
    if (subscription.status === 'trialing')
      emit(later, 'customer.subscription.trial_will_end', subscription)
  }
  if (at > timeline.now()) state.reminder = timeline.schedule(at, remind)
  else emit(context, 'customer.subscription.trial_will_end', subscription)
}

export function planCancellation(context: Context, subscription: Subscription): void {
  const { account, timeline } = context
  const state = subscriptionState(account, subscription)
  state.cancellation?.cancel()
  state.cancellation = undefined
  const { cancel_at, status } = subscription
  if (cancel_at === null) return
  // The end of the period looks after itself, unless there is none.
  if (status !== 'paused' && cancel_at >= periodOf(subscription).end) return
  state.cancellation = timeline.schedule(cancel_at, () => {
    endByRequest(contextOfTime(account, subscription.customer), subscription)
  })
}

/** What still waits to be invoiced comes on a last invoice (its billing_reason is unverified against Stripe). */
function endByRequest(context: Context, subscription: Subscription): void {
  if (hasEnded(subscription)) return
  cancelNow(context, subscription, subscription.cancellation_details)
  const { currency, customer, id } = subscription
  if (pendingLines(context, customer, currency, id).length === 0) return
  const invoice = invoiceAfterEnd(context, subscription, 'subscription_cycle')
  scheduleFinalization(context, invoice, collectAutomatically)
}

/** `invoice.upcoming`: what the next invoice will be. It has no id yet. */
function announce(account: Account, subscription: Subscription): void {
  const { collection_method, status } = subscription
  const isRunning = status === 'active' || status === 'past_due'
  if (!isRunning || subscription.pause_collection !== null) return
  if (!isRenewed(subscription)) return
  if (collection_method !== 'charge_automatically') return
  const context = contextOfTime(account, subscription.customer)
  const { id: _, ...upcoming } = upcomingInvoice(context, subscription)
  emit(context, 'invoice.upcoming', upcoming)
}

/** Whether anything is going to be invoiced: the next period, or what has waited for the end. */
export function hasUpcoming(context: Context, subscription: Subscription): boolean {
  if (hasEnded(subscription)) return false
  const { currency, customer, id } = subscription
  return (
    isRenewed(subscription) || pendingLines(context, customer, currency, id).length > 0
  )
}

function isRenewed(subscription: Subscription): boolean {
  const { cancel_at } = subscription
  return cancel_at === null || cancel_at > periodOf(subscription).end
}

/** The invoice of the next period, as it would be now. */
export function upcomingInvoice(context: Context, subscription: Subscription): Invoice {
  const { account } = context
  const { currency, customer, items } = subscription
  const { start, end } = periodOf(subscription)
  const next = nextPeriod(subscription, end)
  return draftInvoice(context, {
    customer: account.customers.get(customer),
    subscription,
    reason: 'upcoming',
    currency,
    lines: [
      ...pendingLines(context, customer, currency, subscription.id),
      ...(isRenewed(subscription)
        ? items.data.map((item) => recurringLine(account, item, next))
        : []),
    ],
    periodStart: start,
    periodEnd: end,
    collectionMethod: subscription.collection_method,
    dueDate: null,
    autoAdvance: true,
    fields: { next_payment_attempt: end + 3_600 },
  })
}

function nextPeriod({ billing_cycle_anchor, items }: Subscription, from: number) {
  const { end } = periodAt(billing_cycle_anchor, recurringOf(items.data), from)
  return { start: from, end }
}

function endPeriod(account: Account, subscription: Subscription): void {
  const context = contextOfTime(account, subscription.customer)
  const { cancel_at, status } = subscription
  if (hasEnded(subscription) || status === 'paused' || status === 'incomplete') return
  const { end } = periodOf(subscription)
  if (cancel_at !== null && cancel_at <= end) {
    endByRequest(context, subscription)
  } else if (status === 'trialing' && lacksPaymentMethod(account, subscription)) {
    endTrialWithoutPaymentMethod(context, subscription)
  } else {
    beginPeriod(context, subscription, nextPeriod(subscription, end))
  }
}

function lacksPaymentMethod(account: Account, subscription: Subscription): boolean {
  const { collection_method, customer, default_payment_method } = subscription
  if (collection_method !== 'charge_automatically') return false
  const terms = { customer, default_payment_method, parent: null }
  return paymentMethodOf(account, terms) === null
}

function endTrialWithoutPaymentMethod(
  context: Context,
  subscription: Subscription,
): void {
  const { missing_payment_method } = subscription.trial_settings.end_behavior
  if (missing_payment_method === 'cancel') {
    // The reason is unverified against Stripe.
    cancelNow(context, subscription, subscription.cancellation_details)
  } else if (missing_payment_method === 'pause') {
    subscription.status = 'paused'
    emit(context, 'customer.subscription.paused', subscription)
    planCancellation(context, subscription)
  } else {
    const { end } = periodOf(subscription)
    beginPeriod(context, subscription, nextPeriod(subscription, end))
  }
}

/** Moves to the next period and makes its invoice, a draft for an hour. */
function beginPeriod(
  context: Context,
  subscription: Subscription,
  period: { readonly start: number; readonly end: number },
): void {
  const { account } = context
  const before = periodOf(subscription)
  const since = changeOf(subscription)
  if (subscription.status === 'trialing') subscription.status = 'active'
  subscription.items = withPeriod(subscription, period)
  const isCollected = collects(subscription)
  const lines = subscription.items.data.map((item) =>
    recurringLine(account, item, period),
  )
  noteDebits(account, subscription, lines)
  const invoice = invoiceSubscription(context, subscription, {
    reason: 'subscription_cycle',
    lines,
    period: before,
    autoAdvance: isCollected,
  })
  emitChange(
    context,
    'customer.subscription.updated',
    subscription,
    since.previousAttributes(),
  )
  planAhead(context, subscription)
  if (isCollected) scheduleFinalization(context, invoice, collectAutomatically)
  else setAside(context, invoice, subscription)
}
