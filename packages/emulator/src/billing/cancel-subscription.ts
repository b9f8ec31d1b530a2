// The end of a subscription. Source: https://docs.stripe.com/billing/subscriptions/cancel
import type { Account } from '../state/account.ts'
import { change } from '../state/change.ts'
import { type Context, emit, emitChange } from '../state/context.ts'
import type { Invoice } from './invoice-object.ts'
import { settleState } from './invoices.ts'
import type {
  Subscription,
  SubscriptionState,
  SubscriptionStatus,
} from './subscription-object.ts'

export type CancellationDetails = Subscription['cancellation_details']

const ENDED: readonly SubscriptionStatus[] = ['canceled', 'incomplete_expired']

export function hasEnded({ status }: Subscription): boolean {
  return ENDED.includes(status)
}

export function subscriptionState(
  { subscriptionStates }: Account,
  { id }: Subscription,
): SubscriptionState {
  const known = subscriptionStates.get(id)
  if (known !== undefined) return known
  const state: SubscriptionState = {
    renewal: undefined,
    cancellation: undefined,
    expiry: undefined,
    resumption: undefined,
    reminder: undefined,
    pending: undefined,
    debits: new Map(),
  }
  subscriptionStates.set(id, state)
  return state
}

/** Forgets whatever time had in store for a subscription. */
export function forgetTasks(account: Account, subscription: Subscription): void {
  const state = account.subscriptionStates.get(subscription.id)
  if (state === undefined) return
  const { renewal, cancellation, expiry, resumption, reminder } = state
  for (const task of [renewal, cancellation, expiry, resumption, reminder]) task?.cancel()
  account.subscriptionStates.delete(subscription.id)
}

/** Cancels a subscription at once. Its open invoices stay open, and are not collected any more. */
export function cancelNow(
  context: Context,
  subscription: Subscription,
  details: CancellationDetails,
): void {
  const { account, timeline } = context
  const now = timeline.now()
  forgetTasks(account, subscription)
  change(subscription, {
    canceled_at: subscription.canceled_at ?? now,
    cancellation_details: details,
    ended_at: now,
    pending_update: null,
    status: 'canceled',
  })
  emit(context, 'customer.subscription.deleted', subscription)
  for (const invoice of invoicesOf(account, subscription)) {
    if (invoice.status === 'draft' || invoice.status === 'open')
      stopCollecting(context, invoice)
  }
}

/** Its invoices, oldest first. */
export function invoicesOf(
  account: Account,
  { id, customer }: Subscription,
): readonly Invoice[] {
  return account.invoices
    .where('customer', customer)
    .filter(({ parent }) => parent?.subscription_details.subscription === id)
}

function stopCollecting(context: Context, invoice: Invoice): void {
  settleState(context.account, invoice)
  const stopped = change(invoice, {
    auto_advance: false,
    automatically_finalizes_at: null,
    next_payment_attempt: null,
  })
  emitChange(context, 'invoice.updated', invoice, stopped)
}

/** Cancels every subscription of a customer who is deleted. */
export function cancelSubscriptionsOf(context: Context, customer: string): void {
  for (const subscription of context.account.subscriptions.where('customer', customer)) {
    if (!hasEnded(subscription)) {
      const { cancellation_details } = subscription
      cancelNow(context, subscription, cancellation_details)
    }
  }
}
