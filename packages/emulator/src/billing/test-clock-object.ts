import type { StripeObject } from '../state/collection.ts'

/** Source: https://docs.stripe.com/api/test_clocks/object */
export interface TestClock extends StripeObject {
  readonly object: 'test_helpers.test_clock'
  readonly created: number
  readonly deletes_after: number
  readonly livemode: false
  readonly name: string | null
  /** Seconds since 1970-01-01 UTC. */
  frozen_time: number
  status: 'ready' | 'advancing' | 'internal_failure'
  status_details: { readonly advancing?: { readonly target_frozen_time: number } }
}
