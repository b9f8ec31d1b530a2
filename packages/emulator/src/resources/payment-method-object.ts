import type { Card } from '../cards/card-table.ts'
import type { StripeObject } from '../state/collection.ts'

/** Source: https://docs.stripe.com/api/payment_methods/object */
export interface PaymentMethod extends StripeObject {
  readonly object: 'payment_method'
  readonly created: number
  readonly livemode: false
  readonly type: 'card'
  allow_redisplay: string
  billing_details: unknown
  readonly card: Readonly<Record<string, unknown>>
  customer: string | null
  metadata: Record<string, string>
}

/** What the emulator knows of a payment method and never answers. */
export interface CardOnFile {
  readonly card: Card
  /** Authenticated once with `setup_future_usage`, so that off-session charges pass. */
  isSetUp: boolean
  /** Charged or detached without a customer to keep it for: it cannot be used again. */
  isSpent: boolean
}
