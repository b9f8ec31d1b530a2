import { matching, page as pageOf, within } from '../api/list.ts'
import { flag, type Params, text } from '../api/params.ts'
import { type Call, idAt, type Route } from '../api/route.ts'
import { invalidRequest } from '../api/stripe-error.ts'
import { type Context, contextOf, emit } from '../state/context.ts'
import { cancelNow, hasEnded } from './cancel-subscription.ts'
import { creditLines } from './change-items.ts'
import { collectAutomatically } from './collect.ts'
import { createSubscription } from './create-subscription.ts'
import { pendingLines } from './invoice-drafts.ts'
import { addInvoiceItem } from './invoice-items.ts'
import { finalizeInvoice } from './invoices.ts'
import { pauseSubscription, resumeSubscription } from './pause-subscription.ts'
import { invoiceAfterEnd } from './subscription-invoices.ts'
import { periodOf } from './subscription-items.ts'
import type { Subscription } from './subscription-object.ts'
import { UNMODELLED, WITHOUT_EFFECT } from './subscription-params.ts'
import { readCancellationDetails } from './subscription-settings.ts'
import { updateSubscription } from './update-subscription.ts'

const MISSING = [
  ...UNMODELLED.map((name) => `${name} (refused)`),
  ...WITHOUT_EFFECT.map((name) => `${name} (without effect)`),
  'trial_settings[end_behavior][billing_cycle_anchor]=unchanged (refused)',
  'metered prices, and items of different intervals (refused)',
]

export const subscriptionRoutes: readonly Route[] = [
  {
    operation: 'POST /v1/subscriptions',
    run: (call) => createSubscription(call, call.params),
    missing: [...MISSING, 'cancel_at in the first period does not shorten it'],
    unverified: [
      'the order of the events',
      'what a payment that failed with error_if_incomplete leaves behind',
    ],
  },
  { operation: 'GET /v1/subscriptions', run: page },
  {
    operation: 'GET /v1/subscriptions/{subscription_exposed_id}',
    run: (call) => find(call),
  },
  {
    operation: 'POST /v1/subscriptions/{subscription_exposed_id}',
    run: (call) => act(call, updateSubscription),
    missing: [...MISSING, 'cancel_at in the middle of a period gives nothing back'],
    unverified: [
      'the order of the events',
      'another change of the items ends a pending update',
      'a proration_date before the change that came last',
    ],
  },
  {
    operation: 'DELETE /v1/subscriptions/{subscription_exposed_id}',
    run: (call) => act(call, cancel),
    unverified: ['an incomplete subscription is canceled, and does not expire'],
  },
  {
    operation: 'POST /v1/subscriptions/{subscription}/pause',
    run: (call) => act(call, pauseSubscription),
    missing: ['bill_for[outstanding_usage_through]: there are no metered prices'],
    unverified: ['which statuses may be paused'],
  },
  {
    operation: 'POST /v1/subscriptions/{subscription}/resume',
    run: (call) => act(call, resumeSubscription),
    unverified: [
      'a payment that fails with resume_on_payment_attempt',
      'the billing_reason of the resumption invoice',
    ],
  },
]

function find(call: Call): Subscription {
  return call.account.subscriptions.get(idAt(call))
}

function act(
  call: Call,
  run: (context: Context, subscription: Subscription, params: Params) => void,
): Subscription {
  const subscription = find(call)
  run(contextOf(call, subscription.customer), subscription, call.params)
  return subscription
}

function page({ account, params }: Call): unknown {
  const matches = matching(params, ['collection_method', 'customer', 'test_clock'])
  const price = text(params, 'price') ?? text(params, 'plan')
  const isWanted = wantsStatus(text(params, 'status') ?? undefined)
  const isInPeriod = wantsPeriod(params)
  return pageOf(
    account.subscriptions,
    '/v1/subscriptions',
    params,
    (subscription) =>
      isWanted(subscription) &&
      isInPeriod(subscription) &&
      matches(subscription) &&
      (!price || subscription.items.data.some((item) => item.price.id === price)),
  )
}

/** Without a status, all but the canceled ones. */
function wantsStatus(
  status: string | undefined,
): (subscription: Subscription) => boolean {
  if (status === 'all') return () => true
  if (status === 'ended') return hasEnded
  if (status !== undefined) return (subscription) => subscription.status === status
  return (subscription) => subscription.status !== 'canceled'
}

function wantsPeriod(params: Params): (subscription: Subscription) => boolean {
  const end = within(params, 'current_period_end')
  const start = within(params, 'current_period_start')
  return (subscription) => {
    const period = periodOf(subscription)
    return end(period.end) && start(period.start)
  }
}

/** Source: https://docs.stripe.com/api/subscriptions/cancel */
function cancel(context: Context, subscription: Subscription, params: Params): void {
  const { account, timeline } = context
  if (hasEnded(subscription)) {
    throw invalidRequest(`No such subscription: '${subscription.id}'`, {
      code: 'resource_missing',
      param: 'id',
      status: 404,
    })
  }
  const isProrated = flag(params, 'prorate') ?? false
  const isInvoiced = flag(params, 'invoice_now') ?? false
  const details = readCancellationDetails(subscription, params)
  const credits =
    isProrated && (subscription.status === 'active' || subscription.status === 'past_due')
      ? creditLines(account, subscription, timeline.now())
      : []
  cancelNow(context, subscription, { ...details, reason: 'cancellation_requested' })
  for (const line of credits) addInvoiceItem(context, subscription.customer, line)
  if (!isProrated && !isInvoiced) dropProrations(context, subscription)
  const { currency, customer, id } = subscription
  if (isInvoiced && pendingLines(context, customer, currency, id).length > 0) {
    const invoice = invoiceAfterEnd(context, subscription, 'subscription_update')
    finalizeInvoice(context, invoice)
    collectAutomatically(context, invoice)
  }
}

/** What an earlier change gives back or charges for parts of a period is not invoiced any more. */
function dropProrations(context: Context, { customer, id }: Subscription): void {
  const { invoiceItems } = context.account
  for (const item of invoiceItems.where('customer', customer)) {
    const owner = item.parent?.subscription_details.subscription
    if (item.invoice !== null || !item.proration || owner !== id) continue
    invoiceItems.delete(item.id)
    emit(context, 'invoiceitem.deleted', item)
  }
}
