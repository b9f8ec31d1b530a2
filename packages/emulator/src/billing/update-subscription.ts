// Source: https://docs.stripe.com/api/subscriptions/update and
// https://docs.stripe.com/billing/subscriptions/pending-updates
import { refuseUnmodelled } from '../api/not-modelled.ts'
import { flag, type Params } from '../api/params.ts'
import { invalidRequest, StripeError } from '../api/stripe-error.ts'
import type { PaymentIntent } from '../payments/payment-intent-object.ts'
import { change, changeOf } from '../state/change.ts'
import { type Context, contextOfTime, emitChange } from '../state/context.ts'
import { hasEnded, subscriptionState } from './cancel-subscription.ts'
import { collect, followIntent, noPaymentMethod, paymentMethodOf } from './collect.ts'
import { noteDebits } from './debits.ts'
import { setStatus } from './follow-invoice.ts'
import { checkDue, dueOfSubscription } from './invoice-drafts.ts'
import { addInvoiceItem } from './invoice-items.ts'
import type { Invoice } from './invoice-object.ts'
import { finalizeInvoice, scheduleFinalization } from './invoices.ts'
import { payFirst } from './pay-first.ts'
import { checkPendable, discardPending, holdUpdate } from './pending-update.ts'
import { planAhead } from './renew.ts'
import { collects, setAside } from './set-aside.ts'
import { invoiceSubscription } from './subscription-invoices.ts'
import { periodOf } from './subscription-items.ts'
import type { Subscription } from './subscription-object.ts'
import {
  type PaymentBehavior,
  readPaymentBehavior,
  refuseUnchangedAnchor,
  UNMODELLED,
} from './subscription-params.ts'
import { readCancellationDetails, readSettings } from './subscription-settings.ts'
import { readUpdate, type UpdatePlan } from './update-plan.ts'

/** What a pending update may be about, too. */
const CHANGES = ['billing_cycle_anchor', 'items', 'trial_end']

/** Changes a subscription by the parameters of `POST /v1/subscriptions/{id}`. @throws StripeError */
export function updateSubscription(
  context: Context,
  subscription: Subscription,
  params: Params,
): void {
  refuseUnmodelled(params, UNMODELLED)
  refuseUnchangedAnchor(params)
  if (hasEnded(subscription)) {
    updateEnded(context, subscription, params)
    return
  }
  if (subscription.status === 'incomplete') checkIncomplete(params)
  const behavior = readPaymentBehavior(params)
  if (behavior === 'pending_if_incomplete') checkPendable(subscription, params)
  const settings = readSettings(context, subscription, params)
  const makePlan = readUpdate(context, subscription, params)
  const offSession = flag(params, 'off_session') ?? false
  const plan = makePlan()
  const lines = [...plan.prorations, ...plan.lines]
  const amount = plan.isInvoiced ? dueOfSubscription(context, subscription, lines) : 0
  checkDue(amount)
  const isCollected = collects({ ...subscription, ...settings })
  const isPaid =
    amount > 0 && isCollected && settings.collection_method === 'charge_automatically'
  if (isPaid && behavior === 'pending_if_incomplete') {
    holdUpdate(context, subscription, plan, heldSettings(params, settings), offSession)
    return
  }
  const intent =
    isPaid && behavior === 'error_if_incomplete'
      ? payAhead(context, subscription, settings, amount, offSession)
      : undefined
  if (CHANGES.some((name) => params[name] !== undefined))
    discardPending(context, subscription)
  const invoice = applyUpdate(context, subscription, plan, settings)
  if (invoice === undefined) return
  finalizeInvoice(context, invoice, { intent })
  if (intent !== undefined) followIntent(context, intent)
  else if (isPaid) pay(context, subscription, invoice, behavior, offSession)
}

/** Of the settings, only this one waits for the payment. */
function heldSettings(
  params: Params,
  settings: Partial<Subscription>,
): Partial<Subscription> {
  if (params.cancel_at_period_end === undefined) return {}
  const { cancel_at, cancel_at_period_end, canceled_at, cancellation_details } = settings
  return {
    cancel_at,
    cancel_at_period_end,
    canceled_at,
    cancellation_details,
  } as Partial<Subscription>
}

/** Makes the changes, and the invoice if there is one, still a draft. */
function applyUpdate(
  context: Context,
  subscription: Subscription,
  plan: UpdatePlan,
  settings: Partial<Subscription>,
): Invoice | undefined {
  const since = changeOf(subscription)
  const { start } = periodOf(subscription)
  Object.assign(subscription, settings, plan.fields)
  if (subscription.cancel_at_period_end)
    subscription.cancel_at = periodOf(subscription).end
  const announce = () => {
    const previous = since.previousAttributes()
    emitChange(context, 'customer.subscription.updated', subscription, previous)
  }
  noteDebits(context.account, subscription, [...plan.prorations, ...plan.lines])
  for (const line of plan.prorations) addInvoiceItem(context, subscription.customer, line)
  let invoice: Invoice | undefined
  if (plan.isInvoiced) {
    invoice = invoiceSubscription(context, subscription, {
      reason: 'subscription_update',
      lines: plan.lines,
      period: { start, end: context.timeline.now() },
      autoAdvance: collects(subscription),
      announce,
    })
  } else announce()
  planAhead(context, subscription)
  planResumption(context, subscription)
  if (invoice !== undefined && !collects(subscription)) {
    setAside(context, invoice, subscription)
    return undefined
  }
  // An invoice that is sent may still be edited for an hour.
  if (invoice?.collection_method === 'send_invoice') {
    scheduleFinalization(context, invoice, () => {})
    return undefined
  }
  return invoice
}

function payAhead(
  context: Context,
  subscription: Subscription,
  settings: Partial<Subscription>,
  amount: number,
  offSession: boolean,
): PaymentIntent {
  const { customer, default_payment_method } = { ...subscription, ...settings }
  const terms = { customer, default_payment_method, parent: null }
  const paymentMethod = paymentMethodOf(context.account, terms)
  if (paymentMethod === null) throw noPaymentMethod()
  return payFirst(context, subscription, {
    amount,
    paymentMethod,
    offSession,
    onAuthentication: 'decline',
    description: 'Subscription update',
  })
}

function pay(
  context: Context,
  subscription: Subscription,
  invoice: Invoice,
  behavior: PaymentBehavior,
  offSession: boolean,
): void {
  if (behavior === 'default_incomplete') {
    if (subscription.status === 'active') setStatus(context, subscription, 'past_due')
    return
  }
  try {
    collect(context, invoice, { kind: 'automatic', offSession })
  } catch (error) {
    if (!(error instanceof StripeError)) throw error
  }
}

/** Ends `pause_collection` when its time has come. */
function planResumption(context: Context, subscription: Subscription): void {
  const { account, timeline } = context
  const state = subscriptionState(account, subscription)
  state.resumption?.cancel()
  state.resumption = undefined
  const at = subscription.pause_collection?.resumes_at ?? null
  if (at === null) return
  state.resumption = timeline.schedule(at, () => {
    const later = contextOfTime(account, subscription.customer)
    const previous = change(subscription, { pause_collection: null })
    emitChange(later, 'customer.subscription.updated', subscription, previous)
  })
}

function updateEnded(context: Context, subscription: Subscription, params: Params): void {
  const other = Object.keys(params).find(
    (name) => !['cancellation_details', 'expand', 'metadata'].includes(name),
  )
  if (other !== undefined) {
    throw invalidRequest(
      'A canceled subscription can only update its cancellation_details and metadata.',
      { param: other },
    )
  }
  const { metadata = {} } = readSettings(context, subscription, params)
  const cancellation_details = readCancellationDetails(subscription, params)
  const previous = change(subscription, { cancellation_details, metadata })
  emitChange(context, 'customer.subscription.updated', subscription, previous)
}

/** Before the first payment hardly anything can be changed. The wording is unverified against Stripe. */
function checkIncomplete(params: Params): void {
  const allowed = ['default_source', 'expand', 'metadata']
  const other = Object.keys(params).find((name) => !allowed.includes(name))
  if (other === undefined) return
  throw invalidRequest(
    'This subscription cannot be updated because its first payment is incomplete: only its metadata and default_source can be changed.',
    { param: other },
  )
}
