import type { Card } from '../cards/card.ts'
import type { StripeObject } from '../state/collection.ts'

/** Source: https://docs.stripe.com/api/payment_methods/object */
export interface PaymentMethod extends StripeObject {
  readonly object: 'payment_method'
  readonly created: number
  readonly customer_account: null
  readonly livemode: false
  readonly type: 'card'
  allow_redisplay: string
  billing_details: BillingDetails
  card: Readonly<Record<string, unknown>> & { readonly checks: CardChecks }
  customer: string | null
  metadata: Readonly<Record<string, string>>
}

export interface BillingDetails {
  readonly address: Readonly<Record<string, unknown>> | null
  readonly email: unknown
  readonly name: unknown
  readonly phone: unknown
  readonly tax_id: unknown
}

/** `null`: it was not given, so that there was nothing to check. */
export interface CardChecks {
  readonly address_line1_check: string | null
  readonly address_postal_code_check: string | null
  readonly cvc_check: string | null
}

/** What the emulator knows of a payment method and never answers. */
export interface CardOnFile {
  readonly card: Card
  readonly hasCvc: boolean
  /** From `pm_card_…` or `tok_…`: it came with whatever its behaviour needs. */
  readonly isFromAlias: boolean
  /** Authenticated once with `setup_future_usage` or a setup intent, so that off-session charges pass. */
  isSetUp: boolean
  /** Charged or detached without a customer to keep it for: it cannot be used again. */
  isSpent: boolean
}
