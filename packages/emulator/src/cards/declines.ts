import type { Decline } from './card.ts'

// Messages and codes: https://docs.stripe.com/declines/codes and recorded answers of the
// API. Advice and network codes other than those of GENERIC_DECLINE are unverified against
// Stripe: they follow https://docs.stripe.com/declines/card#advice-codes and the answers of
// the networks (ISO 8583 response codes).

export const GENERIC_DECLINE: Decline = {
  code: 'card_declined',
  declineCode: 'generic_decline',
  message: 'Your card was declined.',
  adviceCode: 'try_again_later',
  networkDeclineCode: '01',
}

export const INSUFFICIENT_FUNDS: Decline = {
  code: 'card_declined',
  declineCode: 'insufficient_funds',
  message: 'Your card has insufficient funds.',
  adviceCode: 'try_again_later',
  networkDeclineCode: '51',
}

export const LOST_CARD: Decline = {
  code: 'card_declined',
  declineCode: 'lost_card',
  message: 'Your card was declined.',
  adviceCode: 'do_not_try_again',
  networkDeclineCode: '41',
}

export const STOLEN_CARD: Decline = {
  code: 'card_declined',
  declineCode: 'stolen_card',
  message: 'Your card was declined.',
  adviceCode: 'do_not_try_again',
  networkDeclineCode: '43',
}

export const EXPIRED_CARD: Decline = {
  code: 'expired_card',
  declineCode: null,
  message: 'Your card has expired.',
  adviceCode: 'do_not_try_again',
  networkDeclineCode: '54',
}

export const INCORRECT_CVC: Decline = {
  code: 'incorrect_cvc',
  declineCode: null,
  message: "Your card's security code is incorrect.",
  adviceCode: 'confirm_card_data',
  networkDeclineCode: 'N7',
}

export const PROCESSING_ERROR: Decline = {
  code: 'processing_error',
  declineCode: null,
  message: 'An error occurred while processing your card. Try again in a little bit.',
  adviceCode: 'try_again_later',
  networkDeclineCode: '96',
}

export const VELOCITY_EXCEEDED: Decline = {
  code: 'card_declined',
  declineCode: 'card_velocity_exceeded',
  message:
    'Your card was declined for making repeated attempts too frequently or exceeding its amount limit.',
  adviceCode: 'try_again_later',
  networkDeclineCode: '65',
}

export const AUTHENTICATION_REQUIRED: Decline = {
  code: 'authentication_required',
  declineCode: 'authentication_required',
  message: 'Your card was declined. This transaction requires authentication.',
  adviceCode: 'try_again_later',
  networkDeclineCode: '1A',
}

/** What the card tells of is fraud. */
export const FRAUDULENT: Decline = {
  code: 'card_declined',
  declineCode: 'fraudulent',
  message: 'Your card was declined.',
  adviceCode: 'do_not_try_again',
  networkDeclineCode: '59',
}

/** Radar declines it, and the network is not asked (the decline code is unverified against Stripe). */
export const BLOCKED_BY_RADAR: Decline = { ...FRAUDULENT, networkDeclineCode: null }
