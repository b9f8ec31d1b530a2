// Updates that wait for their payment. Source:
// https://docs.stripe.com/billing/subscriptions/pending-updates and its reference.
import type { Params } from '../api/params.ts'
import { invalidRequest, StripeError } from '../api/stripe-error.ts'
import { change, changeOf } from '../state/change.ts'
import { type Context, contextOfTime, emit, emitChange } from '../state/context.ts'
import { subscriptionState } from './cancel-subscription.ts'
import { collect } from './collect.ts'
import { noteDebits } from './debits.ts'
import { finalizeInvoice, voidInvoice } from './invoices.ts'
import { planAhead } from './renew.ts'
import { invoiceSubscription } from './subscription-invoices.ts'
import { periodOf } from './subscription-items.ts'
import type { Subscription } from './subscription-object.ts'
import type { UpdatePlan } from './update-plan.ts'

const LONGEST = 23 * 3_600

const SUPPORTED: ReadonlySet<string> = new Set([
  'add_invoice_items',
  'billing_cycle_anchor',
  'cancel_at_period_end',
  'expand',
  'items',
  'off_session',
  'payment_behavior',
  'proration_behavior',
  'proration_date',
  'trial_end',
])

/** @throws StripeError 400: it cannot wait */
export function checkPendable(subscription: Subscription, params: Params): void {
  const other = Object.keys(params).find((name) => !SUPPORTED.has(name))
  if (other !== undefined) {
    throw invalidRequest(
      `When \`payment_behavior\` is \`pending_if_incomplete\`, you cannot pass \`${other}\`.`,
      { param: other },
    )
  }
  if (subscription.collection_method === 'send_invoice') {
    throw invalidRequest(
      '`payment_behavior=pending_if_incomplete` is not supported with `collection_method=send_invoice`.',
      { param: 'payment_behavior' },
    )
  }
}

/** Attempts the payment of an update, and makes the update only when it succeeds. */
export function holdUpdate(
  context: Context,
  subscription: Subscription,
  plan: UpdatePlan,
  settings: Partial<Subscription>,
  offSession: boolean,
): void {
  const { account } = context
  const since = changeOf(subscription)
  const state = subscriptionState(account, subscription)
  const replaced = account.invoices.find(state.pending?.invoice ?? '')
  state.pending = undefined
  if (replaced?.status === 'open') voidInvoice(context, replaced)
  // Its invoice items are on the invoice alone: an update that is dropped leaves none behind.
  const invoice = invoiceSubscription(context, subscription, {
    reason: 'subscription_update',
    lines: [...plan.prorations, ...plan.lines],
    period: { start: periodOf(subscription).start, end: context.timeline.now() },
    autoAdvance: true,
    announce: () => {
      const previous = since.previousAttributes()
      emitChange(context, 'customer.subscription.updated', subscription, previous)
    },
  })
  state.pending = {
    invoice: invoice.id,
    apply: (later) => {
      state.pending = undefined
      applyPending(later, subscription, plan, settings)
    },
    drop: (later) => {
      state.pending = undefined
      dropPending(later, subscription)
    },
  }
  finalizeInvoice(context, invoice)
  try {
    collect(context, invoice, { kind: 'manual', offSession })
  } catch (error) {
    if (!(error instanceof StripeError)) throw error
  }
  if (state.pending?.invoice !== invoice.id) return
  const { timeline } = context
  const now = timeline.now()
  const { trial_end } = subscription
  const ends = [now + LONGEST, periodOf(subscription).end]
  // A trial that is over is still told of.
  if (trial_end !== null && trial_end > now) ends.push(trial_end)
  const latest = Math.min(...ends)
  const previous = change(subscription, {
    pending_update: {
      billing_cycle_anchor: plan.fields.billing_cycle_anchor ?? null,
      cancel_at_period_end: settings.cancel_at_period_end ?? null,
      discount: null,
      discounts: null,
      expires_at: latest,
      metadata: null,
      subscription_items: plan.fields.items?.data ?? null,
      trial_end: plan.fields.trial_end ?? null,
      trial_from_plan: null,
    },
  })
  emitChange(context, 'customer.subscription.updated', subscription, previous)
  timeline.schedule(latest, () => {
    if (state.pending?.invoice !== invoice.id || invoice.status !== 'open') return
    voidInvoice(contextOfTime(account, subscription.customer), invoice)
  })
}

/** Another change has been made meanwhile. That it ends the one that waits is unverified against Stripe. */
export function discardPending(context: Context, subscription: Subscription): void {
  if (subscription.pending_update === null) return
  const { account } = context
  const { pending } = subscriptionState(account, subscription)
  const invoice = account.invoices.find(pending?.invoice ?? '')
  if (invoice?.status === 'open') voidInvoice(context, invoice)
}

function applyPending(
  context: Context,
  subscription: Subscription,
  plan: UpdatePlan,
  settings: Partial<Subscription>,
): void {
  const wasPending = subscription.pending_update !== null
  noteDebits(context.account, subscription, [...plan.prorations, ...plan.lines])
  const previous = change(subscription, {
    ...settings,
    ...plan.fields,
    pending_update: null,
  })
  emitChange(context, 'customer.subscription.updated', subscription, previous)
  if (wasPending)
    emit(context, 'customer.subscription.pending_update_applied', subscription)
  planAhead(context, subscription)
}

function dropPending(context: Context, subscription: Subscription): void {
  const previous = change(subscription, { pending_update: null })
  emitChange(context, 'customer.subscription.updated', subscription, previous)
  emit(context, 'customer.subscription.pending_update_expired', subscription)
}
