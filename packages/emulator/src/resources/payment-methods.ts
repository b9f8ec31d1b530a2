import { createHash } from 'node:crypto'
import { integer, mergeMetadata, nested, type Params, text } from '../api/params.ts'
import { type Call, idAt, type Route } from '../api/route.ts'
import { docUrl, invalidRequest, noSuch, StripeError } from '../api/stripe-error.ts'
import { type Card, cardByAlias, cardByNumber, passesLuhn } from '../cards/card-table.ts'
import type { Account, EventRequest } from '../state/account.ts'
import { newId } from '../state/ids.ts'
import { changeOf } from './change.ts'
import { declineError } from './decline-error.ts'
import type { PaymentMethod } from './payment-method-object.ts'

export const paymentMethodRoutes: readonly Route[] = [
  { operation: 'POST /v1/payment_methods', run: create },
  { operation: 'GET /v1/payment_methods', run: page },
  { operation: 'GET /v1/payment_methods/{payment_method}', run: retrieve },
  { operation: 'POST /v1/payment_methods/{payment_method}', run: update },
  { operation: 'POST /v1/payment_methods/{payment_method}/attach', run: attach },
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

/** Makes a payment method from `type=card` and `card[number]` or `card[token]`. */
export function createPaymentMethod(account: Account, params: Params): PaymentMethod {
  if (text(params, 'type') !== 'card') {
    throw invalidRequest('This emulator makes payment methods of type "card" only.', {
      param: 'type',
    })
  }
  const details = nested(params, 'card') ?? {}
  const token = text(details, 'token')
  const card = token ? cardOfToken(token) : cardOfNumber(text(details, 'number') ?? '')
  const paymentMethod = addPaymentMethod(account, card, {
    expMonth: integer(details, 'exp_month') ?? 12,
    expYear: integer(details, 'exp_year') ?? new Date().getUTCFullYear() + 1,
  })
  assign(paymentMethod, params)
  return paymentMethod
}

function cardOfToken(token: string): Card {
  const card = cardByAlias(token)
  if (card === undefined) throw noSuch('token', token, 'card[token]', 400)
  return card
}

function cardOfNumber(number: string): Card {
  if (!passesLuhn(number)) {
    throw new StripeError(402, {
      type: 'card_error',
      code: 'incorrect_number',
      doc_url: docUrl('incorrect_number'),
      message: 'Your card number is incorrect.',
      param: 'number',
    })
  }
  const card = cardByNumber(number)
  if (card !== undefined) return card
  throw invalidRequest(
    `The emulator does not know the test card ending in ${number.slice(-4)} yet. It refuses it rather than guess what Stripe would do.`,
    { param: 'card[number]' },
  )
}

function addPaymentMethod(
  account: Account,
  card: Card,
  { expMonth, expYear }: { readonly expMonth: number; readonly expYear: number },
): PaymentMethod {
  const fingerprint = createHash('sha256')
    .update(card.number)
    .digest('base64url')
    .slice(0, 16)
  const paymentMethod: PaymentMethod = {
    id: newId('pm'),
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: {
      address: emptyAddress(),
      email: null,
      name: null,
      phone: null,
      tax_id: null,
    },
    card: {
      brand: card.brand,
      checks: {
        address_line1_check: null,
        address_postal_code_check: null,
        cvc_check: 'unchecked',
      },
      country: 'US',
      display_brand: card.brand,
      exp_month: expMonth,
      exp_year: expYear,
      fingerprint,
      funding: card.funding,
      generated_from: null,
      last4: card.number.slice(-4),
      networks: { available: [card.brand], preferred: null },
      regulated_status: 'unregulated',
      three_d_secure_usage: { supported: true },
      wallet: null,
    },
    created: account.now(),
    customer: null,
    livemode: false,
    metadata: {},
    type: 'card',
  }
  account.cardsOnFile.set(paymentMethod.id, { card, isSetUp: false, isSpent: false })
  return account.paymentMethods.add(paymentMethod)
}

function emptyAddress(): unknown {
  return {
    city: null,
    country: null,
    line1: null,
    line2: null,
    postal_code: null,
    state: null,
  }
}

/** A payment method by its id; an alias such as `pm_card_visa` makes a new one at each use, as at Stripe. */
export function resolvePaymentMethod(
  account: Account,
  idOrAlias: string,
  param: string,
  status: 400 | 404 = 400,
): PaymentMethod {
  const card = cardByAlias(idOrAlias)
  if (card === undefined) return account.paymentMethods.get(idOrAlias, param, status)
  const expYear = new Date().getUTCFullYear() + 1
  return addPaymentMethod(account, card, { expMonth: 12, expYear })
}

function page(call: Call): unknown {
  const customer = text(call.params, 'customer')
  return pageOf(call, '/v1/payment_methods', customer ?? undefined)
}

function pageOfCustomer(call: Call): unknown {
  const id = idAt(call)
  return pageOf(call, `/v1/customers/${id}/payment_methods`, id)
}

function pageOf(
  { account, params }: Call,
  url: string,
  customer: string | undefined,
): unknown {
  if (customer !== undefined) account.customers.get(customer, 'customer', 400)
  // Without a customer Stripe lists what belongs to the account itself: nothing that is made here.
  return account.paymentMethods.page(
    url,
    params,
    (paymentMethod) => customer !== undefined && paymentMethod.customer === customer,
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
  const paymentMethod = call.account.paymentMethods.get(idAt(call), 'payment_method')
  const change = changeOf(paymentMethod)
  assign(paymentMethod, call.params)
  const previous = change.previousAttributes()
  if (previous !== undefined) {
    call.account.emit('payment_method.updated', paymentMethod, call.request, previous)
  }
  return paymentMethod
}

function attach(call: Call): PaymentMethod {
  const { account, params, request } = call
  const paymentMethod = resolvePaymentMethod(account, idAt(call), 'payment_method', 404)
  const customer = text(params, 'customer') ?? ''
  account.customers.get(customer, 'customer', 400)
  return attachPaymentMethod(account, paymentMethod, customer, request)
}

/** A card that declines cannot be attached: the attempt itself is declined. */
export function checkAttachable(account: Account, paymentMethod: PaymentMethod): void {
  const onFile = account.cardsOnFile.get(paymentMethod.id)
  if (onFile?.card.behaviour.kind === 'declines')
    throw declineError(onFile.card.behaviour.decline)
  if (paymentMethod.customer !== null) {
    throw invalidRequest(
      'The payment method you provided has already been attached to a customer.',
    )
  }
  if (onFile?.isSpent) throw spent()
}

/** The wording is unverified against Stripe. */
export function spent(): StripeError {
  return invalidRequest(
    'The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, or was detached from a Customer. It may not be used again. To use a PaymentMethod multiple times, you must attach it to a Customer first.',
    { param: 'payment_method' },
  )
}

export function attachPaymentMethod(
  account: Account,
  paymentMethod: PaymentMethod,
  customer: string,
  request: EventRequest,
): PaymentMethod {
  checkAttachable(account, paymentMethod)
  paymentMethod.customer = customer
  account.emit('payment_method.attached', paymentMethod, request)
  return paymentMethod
}

function detach(call: Call): PaymentMethod {
  const paymentMethod = call.account.paymentMethods.get(idAt(call), 'payment_method')
  const { customer } = paymentMethod
  if (customer === null) {
    throw invalidRequest(
      'The payment method you provided is not attached to a customer so detachment is impossible.',
    )
  }
  paymentMethod.customer = null
  const onFile = call.account.cardsOnFile.get(paymentMethod.id)
  if (onFile !== undefined) onFile.isSpent = true
  call.account.emit('payment_method.detached', paymentMethod, call.request, { customer })
  return paymentMethod
}

function assign(paymentMethod: PaymentMethod, params: Params): void {
  paymentMethod.metadata = mergeMetadata(paymentMethod.metadata, params)
  paymentMethod.allow_redisplay =
    text(params, 'allow_redisplay') ?? paymentMethod.allow_redisplay
  const billing = nested(params, 'billing_details')
  if (billing !== undefined) {
    paymentMethod.billing_details = {
      ...(paymentMethod.billing_details as object),
      ...billing,
    }
  }
}
