import { integer, list, nested, type Params, text } from '../api/params.ts'
import { invalidParameter, invalidRequest } from '../api/stripe-error.ts'
import type { Account } from '../state/account.ts'
import type { CheckoutSession } from './checkout-session-object.ts'

export type CheckoutMode = CheckoutSession['mode']

const HOUR = 3_600
const DAY = 24 * HOUR

/** What changes what is paid, and is not modelled: rather refused than sold for another amount. */
const REFUSED = ['discounts', 'optional_items', 'shipping_options', 'customer_account']

/** Each of these belongs to one mode. */
const OF_MODE: Readonly<Record<string, readonly CheckoutMode[]>> = {
  customer_creation: ['payment', 'setup'],
  invoice_creation: ['payment'],
  payment_intent_data: ['payment'],
  payment_method_collection: ['subscription'],
  saved_payment_method_options: ['payment', 'subscription'],
  setup_intent_data: ['setup'],
  submit_type: ['payment', 'subscription'],
  subscription_data: ['subscription'],
}

export function readMode(params: Params): CheckoutMode {
  const mode = text(params, 'mode')
  if (mode === 'payment' || mode === 'setup' || mode === 'subscription') return mode
  if (!mode) throw missing('mode')
  throw invalidParameter('Invalid mode: must be one of payment, setup, or subscription', {
    param: 'mode',
  })
}

/** @throws StripeError 400: parameters that exclude each other, or that are not modelled and change what is paid */
export function checkCombination(params: Params, mode: CheckoutMode): void {
  const refused =
    REFUSED.find((name) => params[name] !== undefined && params[name] !== '') ??
    ['automatic_tax', 'invoice_creation', 'managed_payments'].find(
      (name) => nested(params, name)?.enabled === 'true',
    )
  if (refused !== undefined) {
    throw invalidParameter(
      `The emulator's checkout does not model ${refused}. It refuses it rather than sell something else.`,
      { param: refused },
    )
  }
  for (const [name, modes] of Object.entries(OF_MODE)) {
    if (params[name] === undefined || modes.includes(mode)) continue
    throw invalidRequest(`You can not pass \`${name}\` in \`${mode}\` mode.`, {
      param: name,
    })
  }
  checkOneOf(params, 'customer', 'customer_email')
  checkOneOf(params, 'customer', 'customer_creation')
  if (params.customer_update !== undefined && params.customer === undefined) {
    throw invalidRequest('`customer_update` can only be used with `customer`.', {
      param: 'customer_update',
    })
  }
  checkPaymentMethods(params)
  // Source: https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-currency
  if (
    mode === 'setup' &&
    !text(params, 'currency') &&
    params.allowed_payment_method_types === undefined &&
    params.payment_method_types === undefined
  )
    throw missing('currency')
}

/** A session without cards has nothing that the emulator could take. */
function checkPaymentMethods(params: Params): void {
  for (const name of ['allowed_payment_method_types', 'payment_method_types']) {
    const types = list(params, name)
    if (types.length > 0 && !types.includes('card')) throw withoutCards(name)
  }
  const excluded = 'excluded_payment_method_types'
  if (list(params, excluded).includes('card')) throw withoutCards(excluded)
}

function withoutCards(param: string): Error {
  return invalidParameter("The emulator's checkout takes cards, and nothing else.", {
    param,
  })
}

export interface CheckoutUrls {
  readonly uiMode: string
  readonly successUrl: string | null
  readonly cancelUrl: string | null
  readonly returnUrl: string | undefined
}

/** Where the buyer goes from here. The wording of what excludes what is unverified against Stripe. */
export function readUrls(params: Params): CheckoutUrls {
  const uiMode = text(params, 'ui_mode') ?? 'hosted_page'
  const isHosted = uiMode === 'hosted_page'
  const notHere = isHosted
    ? ['return_url', 'redirect_on_completion', 'permissions']
    : ['success_url', 'cancel_url']
  const wrong = notHere.find((name) => params[name] !== undefined)
  if (wrong !== undefined) {
    throw invalidRequest(
      `\`${wrong}\` is not allowed when \`ui_mode\` is \`${uiMode}\`.`,
      {
        param: wrong,
      },
    )
  }
  const isReturning = text(params, 'redirect_on_completion') !== 'never'
  const needed = isHosted ? 'success_url' : 'return_url'
  if ((isHosted || (uiMode === 'embedded_page' && isReturning)) && !text(params, needed))
    throw missing(needed)
  return {
    uiMode,
    successUrl: readUrl(params, 'success_url'),
    cancelUrl: readUrl(params, 'cancel_url'),
    returnUrl: readUrl(params, 'return_url') ?? undefined,
  }
}

function readUrl(params: Params, name: string): string | null {
  const value = text(params, name) ?? null
  if (value === null || isWebUrl(value)) return value
  throw invalidParameter(
    /^[a-z][a-z\d+.-]*:/i.test(value)
      ? 'Not a valid URL'
      : 'Invalid URL: An explicit scheme (such as https) must be provided.',
    { code: 'url_invalid', param: name },
  )
}

/** Whether a browser may be sent there: not to `javascript:` and the like. */
export function isWebUrl(value: string): boolean {
  return /^https?:\/\//i.test(value) && URL.canParse(value)
}

/** Seconds since 1970-01-01 UTC. @param now The same. */
export function readExpiry(params: Params, now: number): number {
  const expiry = integer(params, 'expires_at') ?? now + DAY
  if (expiry < now + HOUR / 2) {
    throw invalidRequest(
      'The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.',
      { param: 'expires_at' },
    )
  }
  if (expiry > now + DAY) {
    throw invalidRequest(
      'The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.',
      { param: 'expires_at' },
    )
  }
  return expiry
}

export function readEmail(params: Params): string | null {
  const email = text(params, 'customer_email') ?? null
  if (email === null || isEmail(email)) return email
  throw invalidParameter(`Invalid email address: ${email}`, {
    code: 'email_invalid',
    param: 'customer_email',
  })
}

export function isEmail(text: string): boolean {
  return text.length <= 512 && /^[^\s@<>]+@[^\s@<>]+\.[^\s@<>.]+$/.test(text)
}

export function readCustomer(account: Account, params: Params): string | null {
  const id = text(params, 'customer')
  return id ? account.customers.get(id, 'customer', 400).id : null
}

function checkOneOf(params: Params, one: string, other: string): void {
  if (params[one] === undefined || params[other] === undefined) return
  throw invalidRequest(
    `You may only specify one of these parameters: ${one}, ${other}.`,
    { param: one },
  )
}

export function missing(param: string): Error {
  return invalidParameter(`Missing required param: ${param}.`, {
    code: 'parameter_missing',
    param,
  })
}
