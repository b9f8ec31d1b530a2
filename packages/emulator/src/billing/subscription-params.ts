import { choice } from '../api/not-modelled.ts'
import { flag, integer, nested, type Params, text } from '../api/params.ts'
import { invalidRequest } from '../api/stripe-error.ts'
import type { Account } from '../state/account.ts'
import type { Subscription } from './subscription-object.ts'

/** What neither create nor update models, and refuses. */
export const UNMODELLED: readonly string[] = [
  'automatic_tax[enabled]',
  'backdate_start_date',
  'billing_cycle_anchor_config',
  'billing_schedules',
  'billing_thresholds',
  'default_tax_rates',
  'discounts',
  'pending_invoice_item_interval',
  'trial_from_plan',
]

const UNCHANGED_ANCHOR = 'trial_settings[end_behavior][billing_cycle_anchor]'

/** @throws StripeError 400: after a trial the billing cycle begins anew, and nothing else is modelled */
export function refuseUnchangedAnchor(params: Params): void {
  const behaviour = nested(nested(params, 'trial_settings') ?? {}, 'end_behavior') ?? {}
  if (text(behaviour, 'billing_cycle_anchor') !== 'unchanged') return
  throw invalidRequest(
    `The emulator does not model ${UNCHANGED_ANCHOR}=unchanged here. It refuses it rather than guess what Stripe would do.`,
    { param: UNCHANGED_ANCHOR },
  )
}

/** What is taken and has no effect here. */
export const WITHOUT_EFFECT: readonly string[] = [
  'application_fee_percent',
  'default_source',
  'invoice_settings',
  'on_behalf_of',
  'payment_settings[payment_method_options]',
  'transfer_data',
]

/** A payment method that has to be attached to the customer; `null` unsets. */
export function readDefaultPaymentMethod(
  { paymentMethods }: Account,
  params: Params,
  customer: string,
): string | null | undefined {
  const id = text(params, 'default_payment_method')
  if (!id) return id
  if (paymentMethods.find(id)?.customer === customer) return id
  throw invalidRequest(
    `The customer does not have a payment method with the ID ${id}. The payment method must be attached to the customer.`,
    { code: 'resource_missing', param: 'default_payment_method' },
  )
}

const TWO_YEARS = 730 * 86_400

/** When a trial ends, in seconds since 1970-01-01 UTC: `now` is now. */
export function readTrialEnd(params: Params, now: number): number | undefined {
  const given = text(params, 'trial_end')
  if (given === undefined || given === null) return undefined
  if (given === 'now') return now
  const at = integer(params, 'trial_end') ?? now
  if (at > now + TWO_YEARS) {
    throw invalidRequest(
      'Invalid timestamp: trial_end can be no more than 730 days (two years) in the future.',
      { param: 'trial_end' },
    )
  }
  if (at >= now) return at
  throw invalidRequest(
    'Invalid timestamp: must be an integer Unix timestamp in the future.',
    { param: 'trial_end' },
  )
}

export type PaymentBehavior =
  | 'allow_incomplete'
  | 'default_incomplete'
  | 'error_if_incomplete'
  | 'pending_if_incomplete'

export function readPaymentBehavior(params: Params): PaymentBehavior {
  return (
    choice(params, 'payment_behavior', [
      'allow_incomplete',
      'default_incomplete',
      'error_if_incomplete',
      'pending_if_incomplete',
    ]) ?? 'allow_incomplete'
  )
}

/** When it is to end: `cancel_at`, which may name the end of a period, or `cancel_at_period_end`. */
export function readCancelAt(
  params: Params,
  now: number,
  periodEnd: number,
): number | null | undefined {
  if (params.cancel_at !== undefined && params.cancel_at_period_end !== undefined) {
    throw invalidRequest(
      'You may only specify one of these parameters: cancel_at, cancel_at_period_end.',
      { param: 'cancel_at' },
    )
  }
  const atEnd = flag(params, 'cancel_at_period_end')
  if (atEnd !== undefined) return atEnd ? periodEnd : null
  const given = text(params, 'cancel_at')
  if (given === null || given === undefined) return given
  // All items have the same period here.
  if (given === 'min_period_end' || given === 'max_period_end') return periodEnd
  const at = integer(params, 'cancel_at') ?? now
  if (at > now) return at
  throw invalidRequest('The `cancel_at` timestamp must be in the future.', {
    param: 'cancel_at',
  })
}

export function readTrialSettings(
  params: Params,
  current: Subscription['trial_settings'],
): Subscription['trial_settings'] {
  const behaviour = nested(nested(params, 'trial_settings') ?? {}, 'end_behavior')
  const missing = behaviour && text(behaviour, 'missing_payment_method')
  if (missing !== 'cancel' && missing !== 'create_invoice' && missing !== 'pause')
    return current
  return { end_behavior: { ...current.end_behavior, missing_payment_method: missing } }
}
