/**
 * The eight statuses, each with its place in what cannot be undone: nothing goes back to
 * `incomplete`, and nothing leaves `incomplete_expired` or `canceled`. Between the others a
 * subscription may go back and forth.
 *
 * Source: https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses
 */
export const SUBSCRIPTION_RANKS = {
  incomplete: 0,
  trialing: 1,
  active: 1,
  past_due: 1,
  unpaid: 1,
  paused: 1,
  incomplete_expired: 9,
  canceled: 9,
} as const

export type SubscriptionStatus = keyof typeof SUBSCRIPTION_RANKS
