import { page as pageOf } from '../api/list.ts'
import { text } from '../api/params.ts'
import { type Call, idAt, type Route } from '../api/route.ts'
import { invalidRequest } from '../api/stripe-error.ts'
import {
  attachPaymentMethod,
  checkAttachable,
  detachPaymentMethod,
  resolvePaymentMethod,
} from '../payments/payment-methods.ts'
import { changeOf } from '../state/change.ts'
import { type Context, contextOf, emit, emitChange } from '../state/context.ts'
import { keepCustomer, newCustomer } from './add-customer.ts'
import { changedCustomerFields, MISSING_OF_CUSTOMERS } from './customer-fields.ts'
import type { Customer } from './customer-object.ts'
import { onCustomerDeleted } from './on-customer-deleted.ts'

export const customerRoutes: readonly Route[] = [
  { operation: 'POST /v1/customers', run: create, missing: MISSING_OF_CUSTOMERS },
  { operation: 'GET /v1/customers', run: page },
  { operation: 'GET /v1/customers/{customer}', run: retrieve },
  {
    operation: 'POST /v1/customers/{customer}',
    run: update,
    missing: MISSING_OF_CUSTOMERS.filter((name) => !name.startsWith('tax_id_data')),
    unverified: ['an address replaces the one before as a whole'],
  },
  {
    operation: 'DELETE /v1/customers/{customer}',
    run: remove,
    unverified: [
      'the order of the events of subscriptions, payment methods and customer',
    ],
  },
]

function create(call: Call): Customer {
  const { account, params } = call
  const customer = newCustomer(account, readTestClock(call))
  const named = text(params, 'payment_method')
  // The one that comes with them may be their default at once, by the name it came under.
  const changed = changedCustomerFields(customer, params, (id) => id === named)
  const paymentMethod = named
    ? resolvePaymentMethod(account, named, 'payment_method')
    : undefined
  if (paymentMethod !== undefined) checkAttachable(account, paymentMethod)
  Object.assign(customer, changed)
  if (paymentMethod !== undefined && customer.invoice_settings.default_payment_method) {
    customer.invoice_settings = {
      ...customer.invoice_settings,
      default_payment_method: paymentMethod.id,
    }
  }
  const context = keepCustomer(call, customer)
  if (paymentMethod !== undefined)
    attachPaymentMethod(context, paymentMethod, customer.id)
  return customer
}

/** Source: https://docs.stripe.com/billing/testing/test-clocks/api-advanced-usage. The wording is unverified against Stripe. */
function readTestClock({ account, params }: Call): string | null {
  const id = text(params, 'test_clock')
  if (!id) return null
  const clock = account.testClocks.get(id, 'test_clock', 400)
  if (clock.status === 'advancing') {
    throw invalidRequest(
      'The test clock is advancing. Wait until it is ready before you add a customer.',
      { param: 'test_clock' },
    )
  }
  let customers = 0
  for (const { test_clock } of account.customers.all())
    if (test_clock === id) customers += 1
  if (customers < 3) return id
  throw invalidRequest('You can have up to 3 customers on a test clock.', {
    param: 'test_clock',
  })
}

function page({ account, params }: Call): unknown {
  const email = text(params, 'email')
  const testClock = text(params, 'test_clock')
  if (testClock) account.testClocks.get(testClock, 'test_clock', 400)
  return pageOf(
    account.customers,
    '/v1/customers',
    params,
    (customer) =>
      // Who lives on a test clock is listed only by it.
      customer.test_clock === (testClock ?? null) && (!email || customer.email === email),
  )
}

function retrieve(call: Call): unknown {
  const id = idAt(call)
  return call.account.customers.wasDeleted(id)
    ? deleted(id)
    : call.account.customers.get(id)
}

function update(call: Call): Customer {
  const { account, params } = call
  const customer = account.customers.get(idAt(call))
  const changed = changedCustomerFields(
    customer,
    params,
    (id) => account.paymentMethods.find(id)?.customer === customer.id,
  )
  const change = changeOf(customer)
  Object.assign(customer, changed)
  const context = contextOf(call, customer.id)
  for (const name of ['business_name', 'individual_name'] as const)
    if (params[name] === '') delete customer[name]
  emitChange(context, 'customer.updated', customer, change.previousAttributes())
  return customer
}

function remove(call: Call): unknown {
  const { account } = call
  const id = idAt(call)
  const customer = account.customers.get(id)
  deleteCustomer(contextOf(call, id), customer)
  return deleted(id)
}

/** Deletes a customer, with what ends with them. */
export function deleteCustomer(context: Context, customer: Customer): void {
  const { account } = context
  const { id } = customer
  for (const prepare of onCustomerDeleted) prepare(context, id)
  account.customers.delete(id)
  for (const paymentMethod of account.paymentMethods.all())
    if (paymentMethod.customer === id) detachPaymentMethod(context, paymentMethod)
  emit(context, 'customer.deleted', customer)
}

function deleted(id: string): unknown {
  return { id, object: 'customer', deleted: true }
}
