import { docUrl, type ErrorBody, StripeError } from '../api/stripe-error.ts'
import type { Decline } from '../cards/card-table.ts'

/** The 402 of a declined card. Source: https://docs.stripe.com/declines/codes */
export function declineError(
  decline: Decline,
  details: Pick<ErrorBody, 'charge' | 'payment_intent' | 'payment_method'> = {},
): StripeError {
  return new StripeError(402, { ...declineBody(decline), ...details })
}

/** What a 402 and a payment intent's `last_payment_error` have in common. */
export function declineBody(decline: Decline): ErrorBody {
  return {
    type: 'card_error',
    advice_code: decline.adviceCode,
    code: decline.code,
    decline_code: decline.declineCode,
    doc_url: docUrl(decline.code),
    message: decline.message,
    network_decline_code: decline.networkDeclineCode,
  }
}
