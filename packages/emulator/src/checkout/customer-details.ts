import { addCustomer } from '../customers/add-customer.ts'
import type { Customer } from '../customers/customer-object.ts'
import type { Account } from '../state/account.ts'
import { change } from '../state/change.ts'
import { type Context, contextOf, emitChange } from '../state/context.ts'
import type {
  CheckoutSession,
  CheckoutState,
  CustomerDetails,
} from './checkout-session-object.ts'

/** What a buyer says of themselves. */
export interface Buyer {
  readonly email: string | null
  readonly name: string | null
}

/** The e-mail that the buyer cannot change, since the session or its customer has it. */
export function fixedEmail(account: Account, session: CheckoutSession): string | null {
  return customerOf(account, session)?.email ?? session.customer_email
}

/** What is known of the buyer: in the beginning and when a session expires, their e-mail. */
export function customerDetails(
  account: Account,
  session: CheckoutSession,
  buyer: Buyer | undefined,
): CustomerDetails | null {
  const customer = customerOf(account, session)
  const email = fixedEmail(account, session) ?? buyer?.email ?? null
  if (buyer === undefined && email === null) return null
  return {
    address:
      session.mode === 'setup' || buyer === undefined
        ? null
        : (customer?.address ?? NO_ADDRESS),
    business_name: null,
    email,
    individual_name: null,
    name: buyer === undefined ? null : (buyer.name ?? customer?.name ?? null),
    phone: buyer === undefined ? null : (customer?.phone ?? null),
    tax_exempt: session.mode === 'setup' ? null : (customer?.tax_exempt ?? 'none'),
    tax_ids: buyer === undefined ? null : [],
  }
}

const NO_ADDRESS = {
  city: null,
  country: null,
  line1: null,
  line2: null,
  postal_code: null,
  state: null,
}

function customerOf(
  account: Account,
  { customer }: CheckoutSession,
): Customer | undefined {
  return customer === null ? undefined : account.customers.find(customer)
}

/**
 * The customer of what the session makes: the one given, who gets the buyer's e-mail when
 * they have none, or a new one where the session makes one. That a customer who was made for
 * an attempt that failed is used for the next is unverified against Stripe.
 *
 * @throws StripeError 400: the one given has been deleted
 *
 * Source: https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-customer
 */
export function customerFor(
  context: Context,
  session: CheckoutSession,
  state: CheckoutState,
  buyer: Buyer,
): string | null {
  const { customers } = context.account
  if (session.customer !== null) {
    const known = customers.get(session.customer, 'customer', 400)
    if (known.email === null && buyer.email !== null) {
      const previous = change(known, { email: buyer.email })
      emitChange(contextOf(context, known.id), 'customer.updated', known, previous)
    }
    return known.id
  }
  if (!makesCustomer(session, state)) return null
  state.customer ??= addCustomer(context, {
    email: buyer.email,
    name: buyer.name,
  }).id
  return state.customer
}

function makesCustomer(
  { customer_creation }: CheckoutSession,
  { data }: CheckoutState,
): boolean {
  return customer_creation === 'always' || Boolean(data.setup_future_usage)
}
