// How the status of a subscription follows from its invoices. Source:
// https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses
import type { Account } from '../state/account.ts'
import { change } from '../state/change.ts'
import { type Context, emitChange } from '../state/context.ts'
import type { InvoiceOutcome } from '../state/world.ts'
import {
  cancelNow,
  forgetTasks,
  hasEnded,
  invoicesOf,
  subscriptionState,
} from './cancel-subscription.ts'
import type { Invoice } from './invoice-object.ts'
import type { Subscription, SubscriptionStatus } from './subscription-object.ts'

/** Told of everything that becomes of an invoice. */
export function followInvoice(
  context: Context,
  invoice: Invoice,
  outcome: InvoiceOutcome,
): void {
  const { account } = context
  const id = invoice.parent?.subscription_details.subscription
  const subscription = id === undefined ? undefined : account.subscriptions.find(id)
  if (subscription === undefined || hasEnded(subscription)) return
  const { pending } = subscriptionState(account, subscription)
  if (pending?.invoice === invoice.id) {
    // Until it is paid, the subscription goes on as it was.
    if (isPaid(outcome)) pending.apply(context)
    else if (outcome === 'voided') pending.drop(context)
    return
  }
  const status = statusAfter(account, subscription, invoice, outcome)
  if (status !== undefined) setStatus(context, subscription, status)
  else if (outcome === 'exhausted') giveUp(context, subscription)
}

function isPaid(outcome: InvoiceOutcome): boolean {
  return outcome === 'paid' || outcome === 'uncollectible'
}

function statusAfter(
  account: Account,
  subscription: Subscription,
  invoice: Invoice,
  outcome: InvoiceOutcome,
): SubscriptionStatus | undefined {
  switch (subscription.status) {
    case 'incomplete':
      if (invoice.billing_reason !== 'subscription_create') return undefined
      if (outcome === 'paid') return 'active'
      return outcome === 'voided' ? 'incomplete_expired' : undefined
    case 'active':
      return isFailed(outcome) && isLatestFinalized(account, subscription, invoice)
        ? 'past_due'
        : undefined
    case 'past_due':
      return isSettled(account, subscription, ['paid', 'uncollectible'])
        ? 'active'
        : undefined
    case 'unpaid':
      return isSettled(account, subscription, ['paid']) ? 'active' : undefined
    default:
      return undefined
  }
}

function isFailed(outcome: InvoiceOutcome): boolean {
  return outcome === 'failed' || outcome === 'action_required' || outcome === 'overdue'
}

/** Those that its status follows from: not those that are void, that wait for a pending change, or that somebody has made by hand. */
function decisiveInvoices(
  account: Account,
  subscription: Subscription,
): readonly Invoice[] {
  const { pending } = subscriptionState(account, subscription)
  return invoicesOf(account, subscription).filter(
    ({ billing_reason, id, status }) =>
      status !== 'void' && billing_reason !== 'manual' && id !== pending?.invoice,
  )
}

/** Whether the most recent invoice, be it a draft, has come to one of these ends. */
function isSettled(
  account: Account,
  subscription: Subscription,
  ends: readonly Invoice['status'][],
): boolean {
  const latest = decisiveInvoices(account, subscription).at(-1)
  return latest !== undefined && ends.includes(latest.status)
}

/** An older invoice that fails once more takes nothing away from one that has been paid since. */
function isLatestFinalized(
  account: Account,
  subscription: Subscription,
  { id, status_transitions: { finalized_at } }: Invoice,
): boolean {
  const invoices = decisiveInvoices(account, subscription)
  const isDecisive = invoices.some((other) => other.id === id)
  return (
    isDecisive &&
    invoices.every(
      ({ status_transitions: other }) => (other.finalized_at ?? 0) <= (finalized_at ?? 0),
    )
  )
}

export function setStatus(
  context: Context,
  subscription: Subscription,
  status: SubscriptionStatus,
): void {
  const { account, timeline } = context
  const state = subscriptionState(account, subscription)
  state.expiry?.cancel()
  const now = timeline.now()
  const ends = status === 'incomplete_expired'
  if (ends) forgetTasks(account, subscription)
  const previous = change(subscription, {
    status,
    ...(ends && { canceled_at: subscription.canceled_at ?? now, ended_at: now }),
  })
  emitChange(context, 'customer.subscription.updated', subscription, previous)
}

/** No retry is left. Source: https://docs.stripe.com/billing/revenue-recovery/smart-retries#subscription-status */
function giveUp(context: Context, subscription: Subscription): void {
  if (subscription.status !== 'past_due') return
  const { afterRetries } = context.account.world.billing
  if (afterRetries === 'unpaid') setStatus(context, subscription, 'unpaid')
  else if (afterRetries === 'cancel') {
    const details = subscription.cancellation_details
    cancelNow(context, subscription, { ...details, reason: 'payment_failed' })
  }
}
