import type { Account } from '../state/account.ts'
import { type Context, contextOf, emit } from '../state/context.ts'
import type { Customer } from './customer-object.ts'

/** A customer of whom nothing is known yet, and who is not kept yet. */
export function newCustomer(account: Account, testClock: string | null): Customer {
  const timeline =
    (testClock === null ? undefined : account.testTimelines.get(testClock)) ??
    account.world.timeline
  return {
    id: account.newId('cus'),
    object: 'customer',
    address: null,
    balance: 0,
    created: timeline.now(),
    currency: null,
    customer_account: null,
    default_source: null,
    delinquent: false,
    description: null,
    discount: null,
    email: null,
    invoice_prefix: account.world.random.characters(8).toUpperCase(),
    invoice_settings: {
      custom_fields: null,
      default_payment_method: null,
      footer: null,
      rendering_options: null,
    },
    livemode: false,
    metadata: {},
    name: null,
    next_invoice_sequence: 1,
    phone: null,
    preferred_locales: [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: testClock,
  }
}

/**
 * Keeps a customer of whom everything is known to be right, and tells of it.
 *
 * @returns The context of what is done about them from now on.
 */
export function keepCustomer(
  context: Pick<Context, 'account' | 'request'>,
  customer: Customer,
): Context {
  context.account.customers.add(customer)
  const own = contextOf(context, customer.id)
  emit(own, 'customer.created', customer)
  return own
}

/** Adds a customer as Checkout makes one, of fields that are known to be right. */
export function addCustomer(
  context: Pick<Context, 'account' | 'request'>,
  fields: Partial<Customer>,
): Customer {
  const customer: Customer = { ...newCustomer(context.account, null), ...fields }
  keepCustomer(context, customer)
  return customer
}
