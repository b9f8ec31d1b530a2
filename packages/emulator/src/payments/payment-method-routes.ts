import { page as pageOfCollection } from '../api/list.ts'
import { mergeMetadata, nested, type Params, text } from '../api/params.ts'
import { type Call, idAt, type Route } from '../api/route.ts'
import { invalidRequest, noSuch } from '../api/stripe-error.ts'
import type { Account } from '../state/account.ts'
import { change } from '../state/change.ts'
import { contextOf, emitChange } from '../state/context.ts'
import { readCardUpdate, readNetwork } from './card-details.ts'
import type { PaymentMethod } from './payment-method-object.ts'
import {
  attachPaymentMethod,
  billingDetails,
  createPaymentMethod,
  detachPaymentMethod,
  findPaymentMethod,
  resolvePaymentMethod,
} from './payment-methods.ts'

export const paymentMethodRoutes: readonly Route[] = [
  {
    operation: 'POST /v1/payment_methods',
    run: create,
    isForBrowsers: true,
    missing: [
      'types other than card',
      'payment_method (copies for connected accounts)',
      'customer',
      'radar_options',
    ],
  },
  { operation: 'GET /v1/payment_methods', run: page },
  { operation: 'GET /v1/payment_methods/{payment_method}', run: retrieve },
  {
    operation: 'POST /v1/payment_methods/{payment_method}',
    run: update,
    missing: ['payto', 'us_bank_account'],
  },
  {
    operation: 'POST /v1/payment_methods/{payment_method}/attach',
    run: attach,
    missing: ['customer_account'],
  },
  { operation: 'POST /v1/payment_methods/{payment_method}/detach', run: detach },
  { operation: 'GET /v1/customers/{customer}/payment_methods', run: pageOfCustomer },
  {
    operation: 'GET /v1/customers/{customer}/payment_methods/{payment_method}',
    run: retrieveOfCustomer,
  },
]

function create({ account, params }: Call): PaymentMethod {
  return createPaymentMethod(account, params)
}

function page(call: Call): unknown {
  const customer = text(call.params, 'customer')
  return pageOf(call, '/v1/payment_methods', customer ?? undefined)
}

function pageOfCustomer(call: Call): unknown {
  const { id } = call.account.customers.get(idAt(call), 'customer')
  return pageOf(call, `/v1/customers/${id}/payment_methods`, id)
}

function pageOf(
  { account, params }: Call,
  url: string,
  customer: string | undefined,
): unknown {
  if (customer !== undefined) account.customers.get(customer, 'customer', 400)
  const type = text(params, 'type')
  const display = text(params, 'allow_redisplay')
  // Without a customer Stripe lists what belongs to the account itself: nothing that is made here.
  return pageOfCollection(
    account.paymentMethods,
    url,
    params,
    (paymentMethod) =>
      customer !== undefined &&
      paymentMethod.customer === customer &&
      (!type || paymentMethod.type === type) &&
      (!display || paymentMethod.allow_redisplay === display),
  )
}

function retrieve(call: Call): PaymentMethod {
  return resolvePaymentMethod(call.account, idAt(call), 'payment_method', 404)
}

function retrieveOfCustomer(call: Call): PaymentMethod {
  const { account } = call
  const customer = account.customers.get(idAt(call), 'customer')
  const id = idAt(call, 1)
  const paymentMethod = account.paymentMethods.get(id, 'payment_method')
  if (paymentMethod.customer === customer.id) return paymentMethod
  throw noSuch('PaymentMethod', id, 'payment_method', 404)
}

function update(call: Call): PaymentMethod {
  const { account, params } = call
  const paymentMethod = account.paymentMethods.get(idAt(call), 'payment_method')
  if (paymentMethod.customer === null) {
    throw invalidRequest(
      'You must save this PaymentMethod to a customer before you can update it.',
    )
  }
  const previous = change(paymentMethod, {
    metadata: mergeMetadata(paymentMethod.metadata, params),
    billing_details: billingDetails(paymentMethod.billing_details, params),
    card: updatedCard(account, paymentMethod, nested(params, 'card') ?? {}),
    allow_redisplay: text(params, 'allow_redisplay') ?? paymentMethod.allow_redisplay,
  })
  const context = contextOf(call, paymentMethod.customer)
  emitChange(context, 'payment_method.updated', paymentMethod, previous)
  return paymentMethod
}

function updatedCard(
  account: Account,
  { id, card }: PaymentMethod,
  details: Params,
): PaymentMethod['card'] {
  const onFile = account.cardsOnFile.get(id)
  const { expMonth, expYear } = readCardUpdate(account, details, {
    expMonth: Number(card.exp_month),
    expYear: Number(card.exp_year),
  })
  const preferred = onFile && readNetwork(details, onFile.card)
  return {
    ...card,
    exp_month: expMonth,
    exp_year: expYear,
    ...(preferred !== undefined && {
      networks: { ...(card.networks as object), preferred },
    }),
  }
}

function attach(call: Call): PaymentMethod {
  const { account, params } = call
  const find = findPaymentMethod(account, idAt(call), 'payment_method', 404)
  const customer = text(params, 'customer')
  if (!customer) {
    throw invalidRequest('Missing required param: customer.', {
      code: 'parameter_missing',
      param: 'customer',
    })
  }
  account.customers.get(customer, 'customer', 400)
  return attachPaymentMethod(contextOf(call, customer), find(), customer)
}

function detach(call: Call): PaymentMethod {
  const paymentMethod = call.account.paymentMethods.get(idAt(call), 'payment_method')
  if (paymentMethod.customer === null) {
    throw invalidRequest(
      'The payment method you provided is not attached to a customer so detachment is impossible.',
    )
  }
  detachPaymentMethod(contextOf(call, paymentMethod.customer), paymentMethod)
  return paymentMethod
}
