import { integer, list, mergeMetadata, nested, type Params, text } from '../api/params.ts'
import { type Call, idAt, type Route } from '../api/route.ts'
import { newId, randomCharacters } from '../state/ids.ts'
import { changeOf } from './change.ts'
import type { Customer } from './customer-object.ts'
import {
  attachPaymentMethod,
  checkAttachable,
  resolvePaymentMethod,
} from './payment-methods.ts'

export const customerRoutes: readonly Route[] = [
  { operation: 'POST /v1/customers', run: create },
  { operation: 'GET /v1/customers', run: page },
  { operation: 'GET /v1/customers/{customer}', run: retrieve },
  { operation: 'POST /v1/customers/{customer}', run: update },
  { operation: 'DELETE /v1/customers/{customer}', run: remove },
]

function create(call: Call): Customer {
  const { account, params, request } = call
  const customer: Customer = {
    id: newId('cus'),
    object: 'customer',
    address: null,
    balance: 0,
    created: account.now(),
    currency: null,
    default_source: null,
    delinquent: false,
    description: null,
    discount: null,
    email: null,
    invoice_prefix: randomCharacters(8).toUpperCase(),
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
    test_clock: null,
  }
  assign(customer, params)
  const paymentMethod = text(params, 'payment_method')
  const resolved = paymentMethod
    ? resolvePaymentMethod(account, paymentMethod, 'payment_method')
    : undefined
  if (resolved !== undefined) checkAttachable(account, resolved)
  account.customers.add(customer)
  account.emit('customer.created', customer, request)
  if (resolved !== undefined) attachPaymentMethod(account, resolved, customer.id, request)
  return customer
}

function page({ account, params }: Call): unknown {
  const email = text(params, 'email')
  return account.customers.page(
    '/v1/customers',
    params,
    (customer) => !email || customer.email === email,
  )
}

function retrieve(call: Call): unknown {
  const id = idAt(call)
  if (call.account.deletedCustomers.has(id)) return deleted(id)
  return call.account.customers.get(id)
}

function update(call: Call): Customer {
  const customer = call.account.customers.get(idAt(call))
  const change = changeOf(customer)
  assign(customer, call.params)
  const previous = change.previousAttributes()
  if (previous !== undefined) {
    call.account.emit('customer.updated', customer, call.request, previous)
  }
  return customer
}

function remove(call: Call): unknown {
  const id = idAt(call)
  const customer = call.account.customers.get(id)
  call.account.customers.remove(id)
  call.account.deletedCustomers.add(id)
  for (const paymentMethod of call.account.paymentMethods.all()) {
    if (paymentMethod.customer === id) paymentMethod.customer = null
  }
  call.account.emit('customer.deleted', customer, call.request)
  return deleted(id)
}

function deleted(id: string): unknown {
  return { id, object: 'customer', deleted: true }
}

function assign(customer: Customer, params: Params): void {
  for (const name of ['description', 'email', 'name', 'phone'] as const) {
    const value = text(params, name)
    if (value !== undefined) customer[name] = value
  }
  for (const name of ['address', 'shipping'] as const) {
    if (params[name] !== undefined)
      customer[name] = params[name] === '' ? null : params[name]
  }
  if (params.preferred_locales !== undefined) {
    customer.preferred_locales = list(params, 'preferred_locales')
  }
  customer.balance = integer(params, 'balance') ?? customer.balance
  customer.tax_exempt = text(params, 'tax_exempt') ?? customer.tax_exempt
  customer.metadata = mergeMetadata(customer.metadata, params)
  const settings = nested(params, 'invoice_settings')
  const defaultMethod = settings && text(settings, 'default_payment_method')
  if (defaultMethod !== undefined) {
    customer.invoice_settings = {
      ...customer.invoice_settings,
      default_payment_method: defaultMethod,
    }
  }
}
