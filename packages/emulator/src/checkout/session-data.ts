import {
  integer,
  mergeMetadata,
  nameIn,
  nested,
  type Params,
  text,
} from '../api/params.ts'
import { invalidParameter, invalidRequest } from '../api/stripe-error.ts'
import { prorate } from '../billing/amounts.ts'
import { periodAt } from '../billing/calendar.ts'
import type { Recurring } from '../catalogue/catalogue-objects.ts'
import type { CheckoutMode } from './checkout-params.ts'

const A_DAY = 86_400
/** Source: https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-subscription_data-trial_period_days */
const LONGEST_TRIAL_DAYS = 730

/** Of what a session passes on: what would change what is paid, or when, and is not modelled. */
const REFUSED = [
  'application_fee_amount',
  'application_fee_percent',
  'billing_cycle_anchor_config',
  'default_tax_rates',
  'on_behalf_of',
  'pending_invoice_item_interval',
  'transfer_data',
]

/** What is passed on to what the session makes: `payment_intent_data` and the like. */
export function readData(params: Params, mode: CheckoutMode): Params {
  const name = {
    payment: 'payment_intent_data',
    setup: 'setup_intent_data',
    subscription: 'subscription_data',
  }[mode]
  const data = nested(params, name) ?? {}
  mergeMetadata({}, data, name)
  const refused = REFUSED.find((field) => data[field] !== undefined && data[field] !== '')
  if (refused !== undefined) {
    throw invalidRequest(
      `The emulator's checkout does not model ${refused}. It refuses it rather than sell something else.`,
      { param: nameIn(name, refused) },
    )
  }
  return data
}

/** When a trial that begins now ends: seconds since 1970-01-01 UTC. Without a trial there is none. */
export function readTrialEnd(data: Params, now: number): number | undefined {
  const path = 'subscription_data'
  const days = integer(data, 'trial_period_days', path)
  const end = integer(data, 'trial_end', path)
  if (days !== undefined && end !== undefined) {
    throw invalidRequest(
      'You may only specify one of these parameters: subscription_data[trial_end], subscription_data[trial_period_days].',
      { param: path },
    )
  }
  if (days !== undefined && (days < 1 || days > LONGEST_TRIAL_DAYS)) {
    throw invalidParameter(
      days < 1
        ? 'The minimum number of trial period days is 1.'
        : `The maximum number of trial period days is ${LONGEST_TRIAL_DAYS} (2 years).`,
      { param: `${path}[trial_period_days]` },
    )
  }
  // Source: https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-subscription_data-trial_end
  if (end !== undefined && end < now + 2 * A_DAY) {
    throw invalidRequest(
      'The `subscription_data[trial_end]` timestamp must be at least 48 hours in the future.',
      { param: `${path}[trial_end]` },
    )
  }
  return days === undefined ? end : now + days * A_DAY
}

/** When what is subscribed to begins to be paid. */
export interface Start {
  readonly data: Params
  readonly trialEnd: number | undefined
  /** Seconds since 1970-01-01 UTC. */
  readonly now: number
}

/**
 * The part of an amount that is due today: nothing of what is subscribed to during a trial,
 * and a part of it until a `billing_cycle_anchor`. That the lines show this part is
 * unverified against Stripe.
 *
 * @throws StripeError 400: the anchor is over, or later than a whole period from now
 */
export function shareDueToday(
  recurring: Recurring | null,
  { data, trialEnd, now }: Start,
): (amount: number) => number {
  if (recurring === null) return wholly
  const anchor = integer(data, 'billing_cycle_anchor', 'subscription_data')
  const start = trialEnd ?? now
  if (anchor !== undefined) {
    const natural = periodAt(start, recurring, start).end
    if (anchor <= start || anchor > natural) throw wrongAnchor(anchor <= start, natural)
  }
  if (trialEnd !== undefined) return () => 0
  if (anchor === undefined) return wholly
  if (text(data, 'proration_behavior') === 'none') return () => 0
  const period = periodAt(anchor, recurring, now)
  return (amount) => prorate(amount, period, now)
}

/** All of it. */
export function wholly(amount: number): number {
  return amount
}

function wrongAnchor(isOver: boolean, natural: number): Error {
  return invalidRequest(
    isOver
      ? '`billing_cycle_anchor` must be in the future, and after the end of the trial.'
      : `billing_cycle_anchor cannot be later than next natural billing date (${natural}) for plan`,
    { param: 'subscription_data[billing_cycle_anchor]' },
  )
}
