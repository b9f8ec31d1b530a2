import { list, nested, type Params, type ParamValue, text } from '../api/params.ts'
import { invalidParameter, invalidRequest } from '../api/stripe-error.ts'
import type { Account } from '../state/account.ts'
import type { PaymentMethodOptions } from './payment-intent-object.ts'
import type { PaymentMethod } from './payment-method-object.ts'
import {
  expectUnspent,
  findPaymentMethod,
  preparePaymentMethod,
} from './payment-methods.ts'

/** Where an intent's parameters are read. */
export interface Source {
  readonly account: Account
  readonly params: Params
}

type IntentName = 'PaymentIntent' | 'SetupIntent'

/**
 * The payment method that is given, by id, alias or `payment_method_data`. It is made when
 * it is asked for, after everything else has been checked.
 *
 * @throws StripeError 400 when there is none such, or it is another customer's; 402 for a card that cannot be right
 */
export function givenPaymentMethod(
  { account, params }: Source,
  customer: string | null,
  intentName: IntentName,
): (() => PaymentMethod) | undefined {
  const data = nested(params, 'payment_method_data')
  if (data !== undefined) return preparePaymentMethod(account, data)
  const given = text(params, 'payment_method')
  if (!given) return undefined
  const find = findPaymentMethod(account, given, 'payment_method')
  expectOwner(account, given, customer, intentName)
  return find
}

/** @throws StripeError 400: what an intent is to be confirmed with is another customer's by now, or used up */
export function expectUsable(
  account: Account,
  paymentMethod: string | null,
  customer: string | null,
  intentName: IntentName,
): void {
  if (paymentMethod === null) return
  expectOwner(account, paymentMethod, customer, intentName)
  expectUnspent(account, paymentMethod)
}

function expectOwner(
  account: Account,
  given: string,
  customer: string | null,
  intentName: IntentName,
): void {
  const owner = account.paymentMethods.find(given)?.customer ?? null
  if (owner === null || owner === customer) return
  throw invalidRequest(
    customer === null
      ? `The PaymentMethod ${given} belongs to the Customer ${owner}. Please include the Customer in the \`customer\` parameter on the ${intentName}.`
      : `The PaymentMethod ${given} does not belong to the Customer ${customer} that you provided: it belongs to another one.`,
    { param: 'payment_method' },
  )
}

/** A text that stays when it is not given, and goes when it is empty. */
export function textOr<T extends string | null>(
  params: Params,
  name: string,
  old: T,
): string | T {
  const value = text(params, name)
  return value === undefined ? old : (value ?? (null as T))
}

/** `shipping` and the like: an empty text unsets. */
export function hashOr(params: Params, name: string, old: unknown): unknown {
  const value: ParamValue | undefined = params[name]
  if (value === undefined) return old
  return value === '' ? null : value
}

/** `null` when it is not given. */
export function typesOr(
  params: Params,
  name: string,
  old: readonly string[] | null,
): readonly string[] | null {
  if (params[name] === undefined) return old
  const types = list(params, name).filter((type) => type !== '')
  return types.length === 0 ? null : types
}

/** What an account accepts that has enabled cards alone: `automatic_payment_methods` as it is answered. */
export function automaticPaymentMethods(params: Params): unknown {
  const given = nested(params, 'automatic_payment_methods')
  const isListed =
    params.payment_method_types !== undefined ||
    params.allowed_payment_method_types !== undefined
  if (given === undefined)
    return isListed ? null : { allow_redirects: 'always', enabled: true }
  return {
    allow_redirects: text(given, 'allow_redirects') ?? 'always',
    enabled: given.enabled === 'true',
  }
}

/** Which types an intent takes: those that are listed, or what the account has enabled. */
export function paymentMethodTypes(
  params: Params,
  old: readonly string[],
): readonly string[] {
  for (const name of ['allowed_payment_method_types', 'payment_method_types']) {
    const types = typesOr(params, name, null)
    if (types !== null) return types
  }
  return old
}

/** Merges `payment_method_options[card]`. */
export function paymentMethodOptions(
  params: Params,
  old: PaymentMethodOptions,
): PaymentMethodOptions {
  const given = nested(nested(params, 'payment_method_options') ?? {}, 'card')
  if (given === undefined) return old
  const requested = given.request_three_d_secure
  if (
    requested !== undefined &&
    !['any', 'automatic', 'challenge'].includes(String(requested))
  ) {
    throw invalidParameter(
      'Invalid payment_method_options[card][request_three_d_secure]: must be one of any, automatic, or challenge',
      { param: 'payment_method_options[card][request_three_d_secure]' },
    )
  }
  return { ...old, card: { ...old.card, ...given } }
}

/** @throws StripeError 400: nobody could go there */
export function returnUrlOf(params: Params): string | null {
  const url = text(params, 'return_url') ?? null
  if (url === null || URL.canParse(url)) return url
  throw invalidParameter('Not a valid URL', { code: 'url_invalid', param: 'return_url' })
}

/** What only means something when the intent is confirmed with it. The wording is unverified against Stripe. */
export function expectConfirmation(params: Params, names: readonly string[]): void {
  const needless = names.find((name) => params[name] !== undefined)
  if (needless === undefined) return
  throw invalidParameter(
    `The parameter ${needless} cannot be passed unless confirm is set to true.`,
    { param: needless },
  )
}
