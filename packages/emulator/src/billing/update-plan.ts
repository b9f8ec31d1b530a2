// What an update of a subscription will come to, before anything is changed. Source:
// https://docs.stripe.com/billing/subscriptions/prorations and
// https://docs.stripe.com/billing/subscriptions/billing-cycle
import { choice } from '../api/not-modelled.ts'
import { integer, nested, type Params, text } from '../api/params.ts'
import { invalidRequest } from '../api/stripe-error.ts'
import type { Context } from '../state/context.ts'
import { periodAt } from './calendar.ts'
import {
  creditLines,
  isSameSale,
  prorationLines,
  readItemChanges,
  resolveItems,
} from './change-items.ts'
import type { Period } from './invoice-item-object.ts'
import { type LineDraft, recurringLine } from './invoice-lines.ts'
import { addedLine, readAddedItems, termsOf } from './item-params.ts'
import {
  type ItemTerms,
  itemList,
  periodAmount,
  periodOf,
  recurringOf,
  subscriptionItem,
  wholePeriodOf,
} from './subscription-items.ts'
import type { Subscription } from './subscription-object.ts'
import { readTrialEnd } from './subscription-params.ts'

export interface UpdatePlan {
  /** What becomes of the items, their period and the trial. */
  readonly fields: Partial<Subscription>
  /** What is given back or charged for parts of a period, and what is sold once, as invoice items. */
  readonly prorations: readonly LineDraft[]
  /** What stands on the invoice itself. */
  readonly lines: readonly LineDraft[]
  /** Whether an invoice is made at once, or all waits for the next one. */
  readonly isInvoiced: boolean
  readonly period: Period
}

/** Checks all that could be wrong; the plan itself can be made only once. @throws StripeError 400 */
export function readUpdate(
  context: Context,
  subscription: Subscription,
  params: Params,
): () => UpdatePlan {
  const { account, timeline } = context
  const now = timeline.now()
  const changes = readItemChanges(account, subscription, params)
  const added = readAddedItems(account, params)
  const proration =
    choice(params, 'proration_behavior', [
      'always_invoice',
      'create_prorations',
      'none',
    ]) ?? 'create_prorations'
  const from = readProrationDate(params, subscription, now)
  const trialEnd = readTrialEnd(params, now)
  const isReset = readsAnchorNow(params)
  const current = recurringOf(subscription.items.data)
  const left = changes.flatMap(({ becomes }) => becomes ?? [])
  const next = left[0] === undefined ? current : termsOf(left[0].source).recurring
  const isOtherInterval =
    next?.interval !== current.interval || next.interval_count !== current.interval_count

  return () => {
    const items = resolveItems(context, subscription.id, changes)
    const isTrial = trialEnd !== undefined && trialEnd > now
    const endsTrial = trialEnd === now && subscription.status === 'trialing'
    if (isTrial) return planTrial(context, subscription, items, trialEnd, proration)
    const isStill = subscription.status === 'trialing' && !endsTrial
    const isFromFree =
      periodAmount(subscription.items.data) === 0 && periodAmount(items) > 0
    // Source: https://docs.stripe.com/billing/subscriptions/billing-mode/compare
    const isAutomatic =
      subscription.billing_mode.type === 'classic' && (isOtherInterval || isFromFree)
    const begins = endsTrial || (!isStill && (isReset || isAutomatic))
    const plan = begins
      ? planReset(context, subscription, items, proration === 'none' || endsTrial)
      : planChange(context, subscription, items, {
          from,
          isOtherInterval: isOtherInterval && !isStill,
          isProrated: !isStill && proration !== 'none',
          isInvoiced: proration === 'always_invoice',
        })
    const extra = added.map((input) =>
      addedLine(context, subscription.id, input, plan.period),
    )
    // By themselves they make no invoice, and wait for the next one.
    return plan.isInvoiced
      ? { ...plan, lines: [...plan.lines, ...extra] }
      : { ...plan, prorations: [...plan.prorations, ...extra] }
  }
}

/** A new trial, or another end of the one that is running. Nothing is charged until then. */
function planTrial(
  { account, timeline }: Context,
  subscription: Subscription,
  items: readonly ItemTerms[],
  trialEnd: number,
  proration: string,
): UpdatePlan {
  const now = timeline.now()
  const isRunning = subscription.status === 'trialing'
  const start = isRunning ? periodOf(subscription).start : now
  const period = { start, end: trialEnd }
  return {
    fields: {
      billing_cycle_anchor: trialEnd,
      items: listOf(subscription, items, period),
      status: 'trialing',
      trial_end: trialEnd,
      trial_start: isRunning ? subscription.trial_start : now,
    },
    prorations:
      isRunning || proration === 'none' ? [] : creditLines(account, subscription, now),
    lines: [],
    isInvoiced: false,
    period,
  }
}

/** A period that begins now: what is left of the old one is given back, and the new one charged whole. */
function planReset(
  { account, timeline }: Context,
  subscription: Subscription,
  items: readonly ItemTerms[],
  isWithoutCredit: boolean,
): UpdatePlan {
  const now = timeline.now()
  const period = { start: now, end: periodAt(now, recurringOf(items), now).end }
  const wasTrialing = subscription.status === 'trialing'
  return {
    fields: {
      billing_cycle_anchor: now,
      items: listOf(subscription, items, period),
      ...(wasTrialing && { status: 'active', trial_end: now }),
    },
    prorations: isWithoutCredit ? [] : creditLines(account, subscription, now),
    lines: items.map((item) => recurringLine(account, item, period)),
    isInvoiced: true,
    period,
  }
}

function planChange(
  { account }: Context,
  subscription: Subscription,
  items: readonly ItemTerms[],
  how: {
    readonly from: number
    readonly isOtherInterval: boolean
    readonly isProrated: boolean
    readonly isInvoiced: boolean
  },
): UpdatePlan {
  const whole = how.isOtherInterval
    ? periodAt(subscription.billing_cycle_anchor, recurringOf(items), how.from)
    : wholePeriodOf(subscription)
  // It is billed from the same anchor on. Recorded for a change on the first day; that a
  // later one goes back to where the longer period began is unverified against Stripe.
  const period = how.isOtherInterval
    ? { start: Math.max(whole.start, subscription.start_date), end: whole.end }
    : periodOf(subscription)
  const isSame = isSameSale(subscription.items.data, items)
  const prorations =
    isSame || !how.isProrated
      ? []
      : prorationLines(account, subscription, items, whole, how.from)
  return {
    fields: { items: listOf(subscription, items, period) },
    prorations,
    lines: [],
    isInvoiced: how.isInvoiced && prorations.length > 0,
    period,
  }
}

function listOf(
  { id }: Subscription,
  items: readonly ItemTerms[],
  period: Period,
): Subscription['items'] {
  return itemList(
    id,
    items.map((item) => subscriptionItem(item, period)),
  )
}

function readProrationDate(
  params: Params,
  subscription: Subscription,
  now: number,
): number {
  const at = integer(params, 'proration_date')
  if (at === undefined) return now
  const { start, end } = periodOf(subscription)
  if (at >= start && at <= end) return at
  throw invalidRequest(
    'Cannot specify a `proration_date` outside of the current subscription period.',
    { param: 'proration_date' },
  )
}

/** `billing_cycle_anchor`: a hash since endive, a word before. */
function readsAnchorNow(params: Params): boolean {
  const hash = nested(params, 'billing_cycle_anchor')
  const given =
    hash === undefined ? text(params, 'billing_cycle_anchor') : text(hash, 'type')
  if (given === undefined || given === null) return false
  if (given === 'now' || given === 'unchanged') return given === 'now'
  throw invalidRequest('Invalid billing_cycle_anchor: must be one of now, or unchanged', {
    param: 'billing_cycle_anchor',
  })
}
