// What the parameters of a new subscription ask for. Source:
// https://docs.stripe.com/api/subscriptions/create
import { choice, refuseUnmodelled } from '../api/not-modelled.ts'
import { flag, integer, mergeMetadata, nested, type Params, text } from '../api/params.ts'
import { invalidRequest } from '../api/stripe-error.ts'
import type { Recurring } from '../catalogue/catalogue-objects.ts'
import type { Customer } from '../customers/customer-object.ts'
import type { Context } from '../state/context.ts'
import { periodAt } from './calendar.ts'
import type { Period } from './invoice-item-object.ts'
import {
  type AddedItem,
  type ItemInput,
  priceOf,
  type ResolvePrice,
  readAddedItems,
  readItems,
  termsOf,
} from './item-params.ts'
import { expectCurrency } from './one-currency.ts'
import { itemList, subscriptionItem } from './subscription-items.ts'
import type { Subscription } from './subscription-object.ts'
import {
  type PaymentBehavior,
  readCancelAt,
  readDefaultPaymentMethod,
  readPaymentBehavior,
  readTrialEnd,
  readTrialSettings,
  refuseUnchangedAnchor,
  UNMODELLED,
} from './subscription-params.ts'

/** What has been checked, and can be made. Times are seconds since 1970-01-01 UTC. */
export interface Terms {
  readonly items: readonly ItemInput[]
  readonly added: readonly AddedItem[]
  readonly behavior: PaymentBehavior
  readonly offSession: boolean
  readonly method: Subscription['collection_method']
  readonly daysUntilDue: number | null
  readonly trialEnd: number | undefined
  readonly anchor: number
  readonly period: Period
  readonly cancelAt: number | null
  readonly isProrated: boolean
  readonly paymentMethod: string | null
}

/** @throws StripeError 400, before anything is changed */
export function readTerms(
  context: Context,
  customer: Customer,
  params: Params,
  resolve: ResolvePrice | undefined,
): Terms {
  const { account, timeline } = context
  const now = timeline.now()
  refuseUnmodelled(params, UNMODELLED)
  refuseUnchangedAnchor(params)
  const items = readItems(account, params, resolve)
  const [first] = items
  if (first) expectCurrency(account, customer.id, termsOf(first.source).currency)
  const method =
    choice(params, 'collection_method', ['charge_automatically', 'send_invoice']) ??
    'charge_automatically'
  const daysUntilDue = integer(params, 'days_until_due') ?? null
  if (method === 'send_invoice' && daysUntilDue === null) {
    throw invalidRequest(
      'If collection_method is set to `send_invoice`, you must pass `days_until_due`.',
      { param: 'days_until_due' },
    )
  }
  if (method === 'charge_automatically' && daysUntilDue !== null) {
    throw invalidRequest(
      'You can only pass `days_until_due` if `collection_method` is set to `send_invoice`.',
      { param: 'days_until_due' },
    )
  }
  const trialEnd = readTrial(params, now)
  const isTrialing = trialEnd !== undefined && trialEnd > now
  const start = isTrialing ? trialEnd : now
  const recurring = recurringOfFirst(items)
  const natural = periodAt(start, recurring, start).end
  const anchor = readAnchor(params, start, natural) ?? start
  const period: Period = isTrialing
    ? { start: now, end: trialEnd }
    : { start: now, end: anchor > now ? anchor : natural }
  return {
    items,
    added: readAddedItems(account, params, resolve),
    behavior: readPaymentBehavior(params),
    offSession: flag(params, 'off_session') ?? false,
    method,
    daysUntilDue,
    trialEnd: isTrialing ? trialEnd : undefined,
    anchor,
    period,
    cancelAt: readCancelAt(params, now, period.end) ?? null,
    isProrated:
      choice(params, 'proration_behavior', [
        'always_invoice',
        'create_prorations',
        'none',
      ]) !== 'none',
    paymentMethod: readDefaultPaymentMethod(account, params, customer.id) ?? null,
  }
}

/** Source: https://docs.stripe.com/billing/subscriptions/billing-mode */
function billingMode(params: Params, now: number): Subscription['billing_mode'] {
  const given = nested(params, 'billing_mode') ?? {}
  const type = text(given, 'type') ?? 'flexible'
  const discounts = text(nested(given, 'flexible') ?? {}, 'proration_discounts')
  return {
    flexible:
      type === 'flexible' ? { proration_discounts: discounts ?? 'included' } : null,
    type,
    updated_at: now,
  }
}

function recurringOfFirst([first]: readonly ItemInput[]): Recurring {
  const recurring = first && termsOf(first.source).recurring
  if (!recurring) throw new TypeError('a subscription has no recurring item')
  return recurring
}

/** When the whole periods begin, if not at once. */
function readAnchor(params: Params, start: number, natural: number): number | undefined {
  const given = integer(params, 'billing_cycle_anchor')
  if (given === undefined || (given >= start && given <= natural)) return given
  throw invalidRequest(
    given < start
      ? '`billing_cycle_anchor` must be in the future, and after the end of the trial.'
      : `billing_cycle_anchor cannot be later than next natural billing date (${natural}) for plan`,
    { param: 'billing_cycle_anchor' },
  )
}

function readTrial(params: Params, now: number): number | undefined {
  const days = integer(params, 'trial_period_days')
  if (days === undefined) return readTrialEnd(params, now)
  if (params.trial_end !== undefined) {
    throw invalidRequest(
      'You may only specify one of these parameters: trial_end, trial_period_days.',
      { param: 'trial_period_days' },
    )
  }
  if (days < 0 || days > 730) {
    throw invalidRequest('Trial periods can have between 0 and 730 days.', {
      param: 'trial_period_days',
    })
  }
  return now + days * 86_400
}

/** Builds it, and the prices that it brings along. */
export function buildSubscription(
  context: Context,
  customer: Customer,
  params: Params,
  terms: Terms,
): Subscription {
  const { account, timeline } = context
  const now = timeline.now()
  const id = account.newId('sub')
  const { anchor, cancelAt, period, trialEnd } = terms
  const metadata = mergeMetadata({}, params)
  const isAtPeriodEnd = flag(params, 'cancel_at_period_end') ?? false
  const settings = nested(params, 'payment_settings') ?? {}
  const items = terms.items.map(({ source, quantity, metadata: own }) =>
    subscriptionItem(
      {
        id: account.newId('si'),
        created: now,
        metadata: own,
        price: priceOf(context, source),
        quantity,
        subscription: id,
      },
      period,
    ),
  )
  return {
    id,
    object: 'subscription',
    application: null,
    application_fee_percent: null,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null },
    billing_cycle_anchor: anchor,
    billing_cycle_anchor_config: null,
    billing_mode: billingMode(params, now),
    billing_schedules: [],
    billing_thresholds: null,
    cancel_at: cancelAt,
    cancel_at_period_end: isAtPeriodEnd,
    canceled_at: cancelAt === null ? null : now,
    cancellation_details: {
      comment: null,
      feedback: null,
      feedback_option: null,
      reason: cancelAt === null ? null : 'cancellation_requested',
    },
    collection_method: terms.method,
    created: now,
    currency: items[0]?.price.currency ?? 'usd',
    customer: customer.id,
    customer_account: null,
    days_until_due: terms.daysUntilDue,
    default_payment_method: terms.paymentMethod,
    default_source: null,
    default_tax_rates: [],
    description: text(params, 'description') ?? null,
    discounts: [],
    ended_at: null,
    invoice_settings: {
      account_tax_ids: null,
      custom_fields: null,
      description: null,
      footer: null,
      issuer: { type: 'self' },
    },
    items: itemList(id, items),
    latest_invoice: null,
    livemode: false,
    managed_payments: { enabled: false },
    metadata,
    next_pending_invoice_item_invoice: null,
    on_behalf_of: null,
    pause_collection: null,
    payment_settings: {
      payment_method_options: null,
      payment_method_types: null,
      save_default_payment_method: text(settings, 'save_default_payment_method') ?? 'off',
    },
    pending_invoice_item_interval: null,
    pending_setup_intent: null,
    pending_update: null,
    schedule: null,
    start_date: now,
    status: trialEnd === undefined ? 'active' : 'trialing',
    test_clock: customer.test_clock,
    transfer_data: null,
    trial_end: trialEnd ?? null,
    trial_settings: readTrialSettings(params, {
      end_behavior: {
        billing_cycle_anchor: 'now',
        missing_payment_method: 'create_invoice',
      },
    }),
    trial_start: trialEnd === undefined ? null : now,
  }
}
