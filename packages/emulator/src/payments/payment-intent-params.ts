import { integer, mergeMetadata, type Params, text } from '../api/params.ts'
import type { Call } from '../api/route.ts'
import { invalidParameter } from '../api/stripe-error.ts'
import { priceText } from '../billing/amounts.ts'
import {
  currencyOf,
  decimalsOf,
  MAXIMUM_CHARGE,
  minimumCharge,
} from '../catalogue/currency.ts'
import { PAYMENT_OPTIONS } from './add-payment-intent.ts'
import {
  hashOr,
  paymentMethodOptions,
  paymentMethodTypes,
  textOr,
  typesOr,
} from './intent-params.ts'
import type { PaymentIntent } from './payment-intent-object.ts'

/** What create, update and confirm have in common. */
export type PaymentIntentFields = Pick<
  PaymentIntent,
  | 'allowed_payment_method_types'
  | 'amount'
  | 'application_fee_amount'
  | 'capture_method'
  | 'currency'
  | 'customer'
  | 'description'
  | 'excluded_payment_method_types'
  | 'metadata'
  | 'on_behalf_of'
  | 'payment_details'
  | 'payment_method_options'
  | 'payment_method_types'
  | 'receipt_email'
  | 'setup_future_usage'
  | 'shipping'
  | 'statement_descriptor'
  | 'statement_descriptor_suffix'
  | 'transfer_data'
  | 'transfer_group'
>

export const NEW_FIELDS: PaymentIntentFields = {
  allowed_payment_method_types: null,
  amount: 0,
  application_fee_amount: null,
  capture_method: 'automatic_async',
  currency: '',
  customer: null,
  description: null,
  excluded_payment_method_types: null,
  metadata: {},
  on_behalf_of: null,
  payment_method_options: PAYMENT_OPTIONS,
  payment_method_types: ['card'],
  receipt_email: null,
  setup_future_usage: null,
  shipping: null,
  statement_descriptor: null,
  statement_descriptor_suffix: null,
  transfer_data: null,
  transfer_group: null,
}

/** Reads what is given on top of what is there. Nothing is changed by it. */
export function readFields(
  { account, params }: Pick<Call, 'account' | 'params'>,
  old: PaymentIntentFields,
): PaymentIntentFields {
  const customer = text(params, 'customer') ?? old.customer
  if (customer !== null) account.customers.get(customer, 'customer', 400)
  const currency = text(params, 'currency')
  const charged = {
    amount: integer(params, 'amount') ?? old.amount,
    currency: currency ? currencyOf(currency) : old.currency,
  }
  if (params.amount !== undefined || currency !== undefined)
    checkAmount(charged.amount, charged.currency)
  return {
    ...charged,
    ...readTexts(params, old),
    allowed_payment_method_types: typesOr(
      params,
      'allowed_payment_method_types',
      old.allowed_payment_method_types,
    ),
    application_fee_amount: feeOr(params, charged.amount, old.application_fee_amount),
    customer,
    excluded_payment_method_types: typesOr(
      params,
      'excluded_payment_method_types',
      old.excluded_payment_method_types,
    ),
    metadata: mergeMetadata(old.metadata, params),
    payment_method_options: paymentMethodOptions(params, old.payment_method_options),
    payment_method_types: paymentMethodTypes(params, old.payment_method_types),
    shipping: shippingOr(params, old.shipping),
    transfer_data: transferOr(params, old.transfer_data),
    ...(params.payment_details !== undefined && {
      payment_details: detailsOf(params),
    }),
  }
}

function readTexts(params: Params, old: PaymentIntentFields) {
  checkDescriptor(params, 'statement_descriptor')
  checkDescriptor(params, 'statement_descriptor_suffix')
  return {
    capture_method: text(params, 'capture_method') ?? old.capture_method,
    description: textOr(params, 'description', old.description),
    on_behalf_of: textOr(params, 'on_behalf_of', old.on_behalf_of),
    receipt_email: textOr(params, 'receipt_email', old.receipt_email),
    setup_future_usage: textOr(params, 'setup_future_usage', old.setup_future_usage),
    statement_descriptor: textOr(
      params,
      'statement_descriptor',
      old.statement_descriptor,
    ),
    statement_descriptor_suffix: textOr(
      params,
      'statement_descriptor_suffix',
      old.statement_descriptor_suffix,
    ),
    transfer_group: textOr(params, 'transfer_group', old.transfer_group),
  }
}

/** As recorded answers have it, with its two spaces. */
const NOTHING_TO_CHARGE =
  'The amount must be greater than or equal to the minimum charge amount allowed for your account and the currency set (https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts).  If you want to save a Payment Method for future use without an immediate payment, use a Setup Intent instead: https://docs.stripe.com/payments/setup-intents'

/**
 * Source: https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
 *
 * @throws StripeError 400 `amount_too_small`, `amount_too_large`
 */
function checkAmount(amount: number, currency: string): void {
  if (amount < 1) {
    throw invalidParameter(NOTHING_TO_CHARGE, {
      code: 'parameter_invalid_integer',
      param: 'amount',
    })
  }
  const least = minimumCharge(currency)
  if (amount < least) {
    throw invalidParameter(
      `Amount must be at least ${priceText(least, currency)} ${currency}`,
      { code: 'amount_too_small', param: 'amount' },
    )
  }
  if (amount > MAXIMUM_CHARGE) {
    throw invalidParameter(
      `Amount must be no more than ${priceText(MAXIMUM_CHARGE, currency)}`,
      { code: 'amount_too_large', param: 'amount' },
    )
  }
  // Source: https://docs.stripe.com/currencies#three-decimal; the wording is unverified against Stripe.
  if (decimalsOf(currency) === 3 && amount % 10 !== 0) {
    throw invalidParameter(
      `Invalid amount: in ${currency} the least-significant (last) digit must be 0.`,
      { code: 'parameter_invalid_integer', param: 'amount' },
    )
  }
}

/** Source: https://docs.stripe.com/get-started/account/statement-descriptors#requirements */
function checkDescriptor(params: Params, name: string): void {
  const descriptor = text(params, name)
  if (!descriptor) return
  const tooLong = descriptor.length > 22
  if (!tooLong && !/[<>\\'"*]/.test(descriptor) && /[A-Za-z]/.test(descriptor)) return
  throw invalidParameter(
    tooLong
      ? `The statement descriptor must be at most 22 characters. The one you sent is ${descriptor.length} characters.`
      : 'The statement descriptor must contain at least one letter, and none of < > \\ \' " *.',
    { param: name },
  )
}

function feeOr(params: Params, amount: number, old: number | null): number | null {
  if (params.application_fee_amount === '') return null
  const fee = integer(params, 'application_fee_amount')
  if (fee === undefined) return old
  if (fee >= 0 && fee <= amount) return fee
  throw invalidParameter('Your application fee cannot be larger than the payment.', {
    param: 'application_fee_amount',
  })
}

/** Source: https://docs.stripe.com/api/payment_intents/object#payment_intent_object-shipping */
function shippingOr(params: Params, old: unknown): unknown {
  const shipping = hashOr(params, 'shipping', old)
  if (shipping === old || shipping === null) return shipping
  const address = (shipping as Params).address as Params | undefined
  return {
    carrier: null,
    phone: null,
    tracking_number: null,
    ...(shipping as Params),
    address: {
      city: null,
      country: null,
      line1: null,
      line2: null,
      postal_code: null,
      state: null,
      ...address,
    },
  }
}

/** The amount of a transfer arrives as a text. */
function transferOr(params: Params, old: unknown): unknown {
  const transfer = hashOr(params, 'transfer_data', old)
  if (transfer === old || transfer === null) return transfer
  const amount = integer(transfer as Params, 'amount')
  return {
    ...(old as object),
    ...(transfer as Params),
    ...(amount !== undefined && { amount }),
  }
}

function detailsOf(params: Params): unknown {
  const given = hashOr(params, 'payment_details', null)
  if (given === null) return null
  return { customer_reference: null, order_reference: null, ...(given as object) }
}
