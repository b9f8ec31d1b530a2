// What holds of every invoice, subscription and customer at any time.
import type Stripe from 'stripe'
import { expect } from 'vitest'

/** In cents. */
const MINIMUM_CHARGE = 50

/** Its lines, its balance and its payments add up. */
export function checkInvoice(invoice: Stripe.Invoice): void {
  const { amount_due, amount_paid, amount_remaining, starting_balance, status } = invoice
  const { amount_paid_off_stripe = 0, ending_balance, lines, subtotal, total } = invoice
  const label = { id: invoice.id, status }
  expect(lines.has_more).toBe(false)
  const sum = lines.data.reduce((so, { amount }) => so + amount, 0)
  expect({ ...label, subtotal, total }).toEqual({ ...label, subtotal: sum, total: sum })
  const due = total + starting_balance
  if (status !== 'draft') {
    expect({ ...label, amount_due }).toEqual({
      ...label,
      amount_due: due < MINIMUM_CHARGE ? 0 : due,
    })
    expect({ ...label, ending_balance }).toEqual({
      ...label,
      ending_balance: due - amount_due,
    })
  }
  expect({ ...label, amount_due }).toEqual({
    ...label,
    amount_due: amount_paid + amount_paid_off_stripe + amount_remaining,
  })
  const { finalized_at, marked_uncollectible_at, paid_at, voided_at } =
    invoice.status_transitions
  expect({ ...label, is: finalized_at !== null }).toEqual({
    ...label,
    is: status !== 'draft',
  })
  expect({ ...label, is: paid_at !== null }).toEqual({ ...label, is: status === 'paid' })
  expect({ ...label, is: voided_at !== null }).toEqual({
    ...label,
    is: status === 'void',
  })
  if (status === 'uncollectible') expect(marked_uncollectible_at).not.toBeNull()
  if (status === 'paid') expect(amount_remaining).toBe(0)
  else expect({ ...label, amount_paid }).toEqual({ ...label, amount_paid: 0 })
  if (status !== 'draft' && status !== 'open') expect(invoice.auto_advance).toBe(false)
  if (!invoice.auto_advance) expect(invoice.next_payment_attempt).toBeNull()
}

/** The balance of a customer is what their invoices have left on it. */
export function checkBalances(
  customers: readonly Stripe.Customer[],
  initial: ReadonlyMap<string, number>,
  invoices: readonly Stripe.Invoice[],
): void {
  for (const { id, balance } of customers) {
    const left = invoices
      .filter(({ customer, status }) => customer === id && status !== 'void')
      .reduce(
        (sum, { ending_balance, starting_balance }) =>
          sum + (ending_balance === null ? 0 : ending_balance - starting_balance),
        initial.get(id) ?? 0,
      )
    expect({ id, balance }).toEqual({ id, balance: left })
  }
}

/** The status of a subscription follows from its invoices. */
export function checkStatus(
  subscription: Stripe.Subscription,
  all: readonly Stripe.Invoice[],
  now: number,
): void {
  const { id, status } = subscription
  // Newest first.
  const invoices = all.filter(
    ({ billing_reason, parent }) =>
      parent?.subscription_details?.subscription === id && billing_reason !== 'manual',
  )
  const first = invoices.at(-1)?.status
  const latest = invoices.find((invoice) => invoice.status !== 'void')
  const follows = followsFrom(subscription, first, latest, now)
  const seen = { id, status, first, latest: latest?.status }
  expect({ ...seen, follows }).toEqual({ ...seen, follows: true })
}

function followsFrom(
  { ended_at, pending_update, status, trial_end }: Stripe.Subscription,
  first: Stripe.Invoice['status'] | undefined,
  latest: Stripe.Invoice | undefined,
  now: number,
): boolean {
  // What waits for a pending update decides nothing.
  const isOpen = latest?.status === 'open' && pending_update === null
  switch (status) {
    case 'incomplete':
      return first === 'open' || first === 'uncollectible'
    case 'incomplete_expired':
      return first === 'void' && ended_at !== null
    case 'trialing':
      return (trial_end ?? 0) > now
    case 'active':
      return !isOpen || !latest.attempted
    case 'past_due':
      return isOpen || latest?.status === 'draft' || pending_update !== null
    case 'unpaid':
      return latest?.status !== 'paid'
    case 'canceled':
      return (ended_at ?? Number.POSITIVE_INFINITY) <= now
    default:
      return status === 'paused'
  }
}
