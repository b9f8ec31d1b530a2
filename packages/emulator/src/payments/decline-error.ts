import { docUrl, type ErrorBody, StripeError } from '../api/stripe-error.ts'
import type { Decline } from '../cards/card.ts'

/** The 402 of a declined card. Source: https://docs.stripe.com/declines/codes */
export function declineError(
  decline: Decline,
  details: Pick<
    ErrorBody,
    'charge' | 'payment_intent' | 'payment_method' | 'setup_intent'
  > = {},
): StripeError {
  return new StripeError(402, { ...declineBody(decline), ...details })
}

/** What a 402 and an intent's last error have in common. */
export function declineBody(decline: Decline): ErrorBody {
  const { adviceCode, code, declineCode, message, networkDeclineCode } = decline
  return {
    type: 'card_error',
    advice_code: adviceCode,
    code,
    ...(declineCode !== null && { decline_code: declineCode }),
    doc_url: docUrl(code),
    message,
    ...(networkDeclineCode !== null && { network_decline_code: networkDeclineCode }),
    ...(code === 'incorrect_cvc' && { param: 'cvc' }),
  }
}
