import { createHash } from 'node:crypto'
import { mergeMetadata, nested, type Params, text } from '../api/params.ts'
import { invalidRequest, type StripeError } from '../api/stripe-error.ts'
import type { Decline } from '../cards/card.ts'
import { cardByPaymentMethod } from '../cards/card-table.ts'
import { clearDefaultPaymentMethod } from '../customers/default-payment-method.ts'
import type { Account } from '../state/account.ts'
import { type Context, emit } from '../state/context.ts'
import { checkCard } from './card-checks.ts'
import { aliasDetails, type CardDetails, networksOf, readCard } from './card-details.ts'
import { declineError } from './decline-error.ts'
import type {
  BillingDetails,
  CardOnFile,
  PaymentMethod,
} from './payment-method-object.ts'

/** Makes a payment method from `type=card` and `card[number]` or `card[token]`. */
export function createPaymentMethod(account: Account, params: Params): PaymentMethod {
  return preparePaymentMethod(account, params)()
}

/** Checks what a payment method is to be made from, and makes it when it is told to. */
export function preparePaymentMethod(
  account: Account,
  params: Params,
): () => PaymentMethod {
  const details = readCard(account, params)
  const metadata = mergeMetadata({}, params)
  const billing = billingDetails(NO_BILLING_DETAILS, params)
  const allow = text(params, 'allow_redisplay') ?? 'unspecified'
  return () => {
    const paymentMethod = addPaymentMethod(account, details)
    paymentMethod.metadata = metadata
    paymentMethod.billing_details = billing
    paymentMethod.allow_redisplay = allow
    return paymentMethod
  }
}

/** A payment method by its id; an alias such as `pm_card_visa` makes a new one at each use, as at Stripe. */
export function resolvePaymentMethod(
  account: Account,
  idOrAlias: string,
  param: string,
  status: 400 | 404 = 400,
): PaymentMethod {
  return findPaymentMethod(account, idOrAlias, param, status)()
}

/** Finds a payment method, and makes that of an alias only when it is told to. */
export function findPaymentMethod(
  account: Account,
  idOrAlias: string,
  param: string,
  status: 400 | 404 = 400,
): () => PaymentMethod {
  const card = cardByPaymentMethod(idOrAlias)
  if (card !== undefined)
    return () => addPaymentMethod(account, aliasDetails(account, card))
  const paymentMethod = account.paymentMethods.get(idOrAlias, param, status)
  return () => paymentMethod
}

function addPaymentMethod(account: Account, details: CardDetails): PaymentMethod {
  const { card, expMonth, expYear, hasCvc, isFromAlias, preferredNetwork } = details
  const paymentMethod: PaymentMethod = {
    id: account.newId('pm'),
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: NO_BILLING_DETAILS,
    card: {
      brand: card.brand,
      checks: {
        address_line1_check: null,
        address_postal_code_check: null,
        cvc_check: hasCvc ? 'unchecked' : null,
      },
      country: card.country,
      display_brand: displayBrandOf(networksOf(card), card.brand),
      exp_month: expMonth,
      exp_year: expYear,
      fingerprint: fingerprintOf(card.number),
      funding: card.funding,
      generated_from: null,
      last4: card.number.slice(-4),
      networks: { available: networksOf(card), preferred: preferredNetwork },
      regulated_status: 'unregulated',
      three_d_secure_usage: { supported: !card.isThreeDSecureUnsupported },
      wallet: null,
    },
    created: account.world.timeline.now(),
    customer: null,
    customer_account: null,
    livemode: false,
    metadata: {},
    type: 'card',
  }
  account.cardsOnFile.set(paymentMethod.id, {
    card,
    hasCvc,
    isFromAlias,
    isSetUp: card.threeDSecure?.isSetUp ?? false,
    isSpent: false,
  })
  return account.paymentMethods.add(paymentMethod)
}

/** The same for every payment method of one number. */
function fingerprintOf(number: string): string {
  return createHash('sha256').update(number).digest('base64url').slice(0, 16)
}

function displayBrandOf(networks: readonly string[], brand: string): string {
  return networks.includes('eftpos_au') ? 'eftpos_australia' : (networks[0] ?? brand)
}

const NO_BILLING_DETAILS: BillingDetails = {
  address: {
    city: null,
    country: null,
    line1: null,
    line2: null,
    postal_code: null,
    state: null,
  },
  email: null,
  name: null,
  phone: null,
  tax_id: null,
}

/** Merges `billing_details`; an empty text unsets. */
export function billingDetails(old: BillingDetails, params: Params): BillingDetails {
  const given = nested(params, 'billing_details')
  if (given === undefined) return old
  const address = nested(given, 'address')
  return {
    ...old,
    ...withNulls(given),
    address: address ? { ...old.address, ...withNulls(address) } : old.address,
  }
}

function withNulls(params: Params): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, value === '' ? null : value]),
  )
}

/** A card that its issuer declines cannot be attached: the attempt itself is declined. */
export function checkAttachable(account: Account, paymentMethod: PaymentMethod): void {
  const onFile = account.cardsOnFile.get(paymentMethod.id)
  const decline = onFile && declineOf(onFile, 'attach')
  if (decline !== undefined) throw declineError(decline)
  if (paymentMethod.customer !== null) {
    throw invalidRequest(
      'The payment method you provided has already been attached to a customer.',
    )
  }
  if (onFile?.isSpent) throw spent()
}

/** What an issuer declines a card with, if it does. */
export function declineOf(
  { card: { decline }, hasCvc }: CardOnFile,
  when: 'attach' | 'charge',
): Decline | undefined {
  if (decline === undefined || (decline.needsCvc && !hasCvc)) return undefined
  return when === 'attach' && decline.isForChargesOnly ? undefined : decline.reason
}

/** Whether it was for one payment only, or has been detached. */
export function isUsedUp({ cardsOnFile, paymentMethods }: Account, id: string): boolean {
  return (
    cardsOnFile.get(id)?.isSpent === true && paymentMethods.find(id)?.customer === null
  )
}

/** @throws StripeError 400 for one that is used up */
export function expectUnspent(account: Account, id: string): void {
  if (isUsedUp(account, id)) throw spent()
}

/** The wording is unverified against Stripe. */
function spent(): StripeError {
  return invalidRequest(
    'The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, or was detached from a Customer. It may not be used again. To use a PaymentMethod multiple times, you must attach it to a Customer first.',
    { param: 'payment_method' },
  )
}

/** @throws StripeError 402 when the card declines, 400 when it is attached or used up */
export function attachPaymentMethod(
  context: Context,
  paymentMethod: PaymentMethod,
  customer: string,
): PaymentMethod {
  checkAttachable(context.account, paymentMethod)
  keepFor(context, paymentMethod, customer)
  return paymentMethod
}

/** Attaches what has been charged or set up already. */
export function keepFor(
  context: Context,
  paymentMethod: PaymentMethod,
  customer: string,
): void {
  paymentMethod.customer = customer
  checkCard(context.account, paymentMethod)
  emit(context, 'payment_method.attached', paymentMethod)
}

/** Takes a payment method from its customer; it cannot be used again. */
export function detachPaymentMethod(
  context: Context,
  paymentMethod: PaymentMethod,
): void {
  const { customer } = paymentMethod
  paymentMethod.customer = null
  const onFile = context.account.cardsOnFile.get(paymentMethod.id)
  if (onFile !== undefined) onFile.isSpent = true
  emit(context, 'payment_method.detached', paymentMethod, { customer })
  if (customer !== null) clearDefaultPaymentMethod(context, customer, paymentMethod)
}

/** The payment method of an intent, and the card that it stands for. @param id Of the payment method, which is there. */
export function cardOf(
  { cardsOnFile, paymentMethods }: Account,
  id: string | null,
): { readonly paymentMethod: PaymentMethod; readonly onFile: CardOnFile } {
  const paymentMethod = paymentMethods.get(id ?? '')
  const onFile = cardsOnFile.get(paymentMethod.id)
  if (onFile === undefined) throw new TypeError(`${paymentMethod.id} has no card`)
  return { paymentMethod, onFile }
}
