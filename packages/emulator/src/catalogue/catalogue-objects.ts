import type { StripeObject } from '../state/collection.ts'

/** Source: https://docs.stripe.com/api/products/object */
export interface Product extends StripeObject {
  readonly object: 'product'
  readonly created: number
  readonly livemode: false
  active: boolean
  default_price: string | null
  description: string | null
  images: readonly string[]
  marketing_features: readonly { readonly name: string }[]
  metadata: Readonly<Record<string, string>>
  name: string
  /** In inches and ounces. */
  package_dimensions: {
    readonly height: number
    readonly length: number
    readonly weight: number
    readonly width: number
  } | null
  shippable: boolean | null
  statement_descriptor: string | null
  tax_code: string | null
  tax_details: {
    readonly performance_location: string | null
    readonly tax_code: string | null
  } | null
  readonly type: 'service' | 'good'
  unit_label: string | null
  updated: number
  url: string | null
}

export type Interval = 'day' | 'week' | 'month' | 'year'

export interface Recurring {
  readonly interval: Interval
  readonly interval_count: number
  readonly meter: null
  /** Counts only for what is subscribed to with `trial_from_plan`. */
  readonly trial_period_days: number | null
  readonly usage_type: 'licensed'
}

/** Source: https://docs.stripe.com/api/prices/object */
export interface Price extends StripeObject {
  readonly object: 'price'
  readonly billing_scheme: 'per_unit'
  readonly created: number
  /** Lower case, three letters. */
  readonly currency: string
  readonly custom_unit_amount: null
  readonly livemode: false
  readonly product: string
  /** `null` for a price that is paid once. */
  readonly recurring: Recurring | null
  readonly tiers_mode: null
  readonly transform_quantity: {
    readonly divide_by: number
    readonly round: 'up' | 'down'
  } | null
  readonly type: 'one_time' | 'recurring'
  /** In the currency's smallest unit; `null` when the decimal has a fraction. */
  readonly unit_amount: number | null
  readonly unit_amount_decimal: string
  active: boolean
  lookup_key: string | null
  metadata: Readonly<Record<string, string>>
  nickname: string | null
  tax_behavior: string
}
