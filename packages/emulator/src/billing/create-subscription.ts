// Source: https://docs.stripe.com/api/subscriptions/create and
// https://docs.stripe.com/billing/subscriptions/overview
import { type Params, text } from '../api/params.ts'
import { invalidRequest, StripeError } from '../api/stripe-error.ts'
import { minimumCharge } from '../catalogue/currency.ts'
import type { Customer } from '../customers/customer-object.ts'
import { addSetupIntent } from '../payments/add-setup-intent.ts'
import { type Context, contextOf, contextOfTime, emit } from '../state/context.ts'
import { amountOf } from './amounts.ts'
import { periodAt } from './calendar.ts'
import { subscriptionState } from './cancel-subscription.ts'
import {
  collect,
  collectAutomatically,
  followIntent,
  noPaymentMethod,
  paymentMethodOf,
} from './collect.ts'
import { noteDebits } from './debits.ts'
import { checkDue, dueOfSubscription } from './invoice-drafts.ts'
import { type LineDraft, recurringLine, remainingLine } from './invoice-lines.ts'
import type { Invoice } from './invoice-object.ts'
import { finalizeInvoice, scheduleFinalization, voidInvoice } from './invoices.ts'
import { addedLine, type ResolvePrice, termsOf } from './item-params.ts'
import { buildSubscription, readTerms, type Terms } from './new-subscription.ts'
import { payFirst } from './pay-first.ts'
import { planAhead } from './renew.ts'
import { invoiceSubscription } from './subscription-invoices.ts'
import { recurringOf } from './subscription-items.ts'
import type { Subscription } from './subscription-object.ts'

export interface CreateOptions {
  /** With `error_if_incomplete`: a card that asks for authentication leaves the subscription `incomplete`, and only a decline leaves none. */
  readonly keepsOnAction?: boolean
  /** Default: only active prices are sold. */
  readonly resolvePrice?: ResolvePrice
  /** Charged first, and attached by that. Default: `default_payment_method`, which is attached already. */
  readonly paymentMethod?: string
}

/** How long the first payment may take, in seconds. Source: https://docs.stripe.com/billing/subscriptions/overview#subscription-lifecycle */
const FIRST_PAYMENT_WITHIN = 23 * 3_600

/**
 * Makes a subscription from the parameters of `POST /v1/subscriptions`, its first invoice,
 * and unless told otherwise its first payment.
 *
 * @throws StripeError 400 for what is wrong, and 402 for a payment that fails with `error_if_incomplete`: there is no subscription then
 */
export function createSubscription(
  call: Pick<Context, 'account' | 'request'>,
  params: Params,
  { keepsOnAction = false, resolvePrice, paymentMethod: tried }: CreateOptions = {},
): Subscription {
  const { account } = call
  const customer = account.customers.get(customerIn(params), 'customer', 400)
  const context = contextOf(call, customer.id)
  const read = readTerms(context, customer, params, resolvePrice)
  const terms = { ...read, paymentMethod: tried ?? read.paymentMethod }
  const paymentMethod = paymentMethodOf(account, {
    customer: customer.id,
    default_payment_method: terms.paymentMethod,
    parent: null,
  })
  checkPayable(customer, terms, paymentMethod)

  const subscription = buildSubscription(context, customer, params, terms)
  const lines = firstLines(context, subscription, terms)
  const amount = dueOfSubscription(context, subscription, lines)
  checkDue(amount)
  const isCharged = amount > 0 && terms.method === 'charge_automatically'
  const intent =
    isCharged && terms.behavior === 'error_if_incomplete'
      ? payFirst(context, subscription, {
          amount,
          paymentMethod,
          offSession: terms.offSession,
          onAuthentication: keepsOnAction ? 'ask' : 'decline',
          description: 'Subscription creation',
        })
      : undefined
  if (isCharged && subscription.status !== 'trialing') subscription.status = 'incomplete'
  account.subscriptions.add(subscription)
  noteDebits(account, subscription, lines)
  if (!isCharged) addPendingSetupIntent(context, subscription, paymentMethod)
  const invoice = invoiceSubscription(context, subscription, {
    reason: 'subscription_create',
    lines,
    // It looks back, and there is nothing behind it.
    period: { start: subscription.start_date, end: subscription.start_date },
    autoAdvance: true,
    announce: () => emit(context, 'customer.subscription.created', subscription),
  })
  if (terms.method === 'send_invoice' && amount > 0) {
    scheduleFinalization(context, invoice, collectAutomatically)
  } else {
    finalizeInvoice(context, invoice, { intent })
    planExpiry(context, subscription, invoice)
    if (intent !== undefined) followIntent(context, intent)
    else if (isCharged && terms.behavior !== 'default_incomplete')
      payNow(context, invoice, terms.offSession)
  }
  planAhead(context, subscription)
  return subscription
}

function customerIn(params: Params): string {
  const id = text(params, 'customer')
  if (id) return id
  throw invalidRequest('Missing required param: customer.', {
    code: 'parameter_missing',
    param: 'customer',
  })
}

/** @throws StripeError 400: something is to be paid at once, and there is nothing to pay it with */
function checkPayable(
  { balance }: Customer,
  { anchor, behavior, isProrated, items, method, period, trialEnd }: Terms,
  paymentMethod: string | null,
): void {
  const isLater = trialEnd !== undefined || (anchor > period.start && !isProrated)
  if (paymentMethod !== null || method === 'send_invoice' || isLater) return
  if (behavior === 'default_incomplete') return
  const sum = items.reduce(
    (total, { source, quantity }) => total + amountOf(termsOf(source), quantity),
    0,
  )
  const [first] = items
  const currency = first === undefined ? 'usd' : termsOf(first.source).currency
  if (sum + balance >= minimumCharge(currency)) throw noPaymentMethod()
}

/** What the first invoice charges: nothing for a trial, a part of a period that is not whole. */
function firstLines(
  context: Context,
  subscription: Subscription,
  { added, anchor, period, isProrated }: Terms,
): readonly LineDraft[] {
  const { account, timeline } = context
  const now = timeline.now()
  const { billing_mode, id, items, trial_end } = subscription
  const isTrial = trial_end !== null
  const isPart = !isTrial && anchor > now
  const whole = periodAt(anchor, recurringOf(items.data), now)
  const lines = items.data.flatMap((item) => {
    if (!isPart)
      return recurringLine(account, item, period, isTrial ? billing_mode.type : undefined)
    return isProrated ? remainingLine(account, item, whole, now) : []
  })
  return [...lines, ...added.map((input) => addedLine(context, id, input, period))]
}

/** The first attempt. What fails leaves the subscription incomplete. */
function payNow(context: Context, invoice: Invoice, offSession: boolean): void {
  try {
    collect(context, invoice, { kind: 'automatic', offSession })
  } catch (error) {
    if (!(error instanceof StripeError)) throw error
  }
}

/** 23 hours after its start an incomplete subscription ends, as its invoice is voided. */
function planExpiry(
  context: Context,
  subscription: Subscription,
  invoice: Invoice,
): void {
  if (subscription.status !== 'incomplete') return
  const { account, timeline } = context
  const at = timeline.now() + FIRST_PAYMENT_WITHIN
  subscriptionState(account, subscription).expiry = timeline.schedule(at, () => {
    if (subscription.status !== 'incomplete') return
    if (invoice.status === 'open' || invoice.status === 'uncollectible')
      voidInvoice(contextOfTime(account, subscription.customer), invoice)
  })
}

/** A card for later, when nothing is paid now. Source: https://docs.stripe.com/api/subscriptions/object#subscription_object-pending_setup_intent */
function addPendingSetupIntent(
  context: Context,
  subscription: Subscription,
  paymentMethod: string | null,
): void {
  const { collection_method, customer } = subscription
  if (paymentMethod !== null || collection_method === 'send_invoice') return
  const intent = addSetupIntent(context, { customer, usage: 'off_session' })
  subscription.pending_setup_intent = intent.id
}
