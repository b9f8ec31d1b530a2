import type { Price } from './catalogue-objects.ts'

/**
 * What a recurring price was called before, as it still stands in the items of a
 * subscription; `null` for a price that is paid once.
 *
 * Source: https://docs.stripe.com/api/plans/object
 */
export function planOf(price: Price): Readonly<Record<string, unknown>> | null {
  const { recurring } = price
  if (recurring === null) return null
  return {
    id: price.id,
    object: 'plan',
    active: price.active,
    amount: price.unit_amount,
    amount_decimal: price.unit_amount_decimal,
    billing_scheme: price.billing_scheme,
    created: price.created,
    currency: price.currency,
    interval: recurring.interval,
    interval_count: recurring.interval_count,
    livemode: false,
    metadata: price.metadata,
    meter: recurring.meter,
    nickname: price.nickname,
    product: price.product,
    tiers_mode: price.tiers_mode,
    transform_usage: price.transform_quantity,
    trial_period_days: recurring.trial_period_days,
    usage_type: recurring.usage_type,
  }
}
