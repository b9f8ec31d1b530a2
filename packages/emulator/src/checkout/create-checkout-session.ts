import { mergeMetadata, type Params, text } from '../api/params.ts'
import type { Call } from '../api/route.ts'
import { invalidRequest } from '../api/stripe-error.ts'
import { priceText } from '../billing/amounts.ts'
import { expectCurrency } from '../billing/one-currency.ts'
import { currencyOf, MAXIMUM_CHARGE, minimumCharge } from '../catalogue/currency.ts'
import { contextOf } from '../state/context.ts'
import { setupIntentOf } from './attempt-setup.ts'
import { costOf, makeLine, type NewLine, readLines } from './checkout-lines.ts'
import {
  type CheckoutMode,
  checkCombination,
  readCustomer,
  readEmail,
  readExpiry,
  readMode,
  readUrls,
} from './checkout-params.ts'
import type { CheckoutSession, CheckoutState } from './checkout-session-object.ts'
import { customerDetails } from './customer-details.ts'
import { scheduleExpiry } from './expire-checkout-session.ts'
import { initialFields } from './initial-fields.ts'
import { readData, readTrialEnd, shareDueToday, wholly } from './session-data.ts'

/** Answers `POST /v1/checkout/sessions`. Everything is checked before anything is made. */
export function createCheckoutSession(call: Call): CheckoutSession {
  const { account, params } = call
  const mode = readMode(params)
  checkCombination(params, mode)
  const urls = readUrls(params)
  const customer = readCustomer(account, params)
  const customerEmail = readEmail(params)
  const context = contextOf(call, customer)
  const now = context.timeline.now()
  const expiresAt = readExpiry(params, now)
  const data = readData(params, mode)
  const trialEnd = readTrialEnd(data, now)
  const lines = readLines(account, params, mode)
  const start = { data, trialEnd, now }
  const shares = lines.map(({ recurring }) => shareDueToday(recurring, start))
  const currency = readCurrency(params, lines)
  const metadata = mergeMetadata({}, params)
  const reference = readReference(params)
  const total = lines.reduce(
    (sum, line, index) => sum + (shares[index]?.(costOf(line)) ?? 0),
    0,
  )
  if (mode !== 'setup') checkTotal(total, currency ?? '')
  if (mode === 'subscription' && customer !== null)
    expectCurrency(account, customer, currency ?? '')

  const id = `cs_test_${mode === 'setup' ? 'c1' : 'a1'}${account.world.random.characters(56)}`
  const isHosted = urls.uiMode === 'hosted_page'
  const collection = text(params, 'payment_method_collection')
  const session: CheckoutSession = {
    ...initialFields(params, mode, customer),
    id,
    object: 'checkout.session',
    amount_subtotal: mode === 'setup' ? null : total,
    amount_total: mode === 'setup' ? null : total,
    cancel_url: urls.cancelUrl,
    client_reference_id: reference,
    client_secret: isHosted
      ? null
      : `${id}_secret_${account.world.random.characters(60)}`,
    created: now,
    currency,
    customer,
    customer_creation: creationOf(params, mode, customer),
    customer_details: null,
    customer_email: customerEmail,
    expires_at: expiresAt,
    invoice: null,
    livemode: false,
    metadata,
    mode,
    payment_intent: null,
    payment_method_collection:
      collection === 'if_required' || mode === 'payment' ? 'if_required' : 'always',
    payment_status:
      mode === 'setup' || (total === 0 && mode === 'payment')
        ? 'no_payment_required'
        : 'unpaid',
    ...(urls.returnUrl !== undefined && { return_url: urls.returnUrl }),
    setup_intent: null,
    status: 'open',
    submit_type: text(params, 'submit_type') ?? null,
    subscription: null,
    success_url: urls.successUrl,
    total_details:
      mode === 'setup'
        ? null
        : {
            amount_discount: 0,
            amount_shipping: 0,
            amount_tax: 0,
          },
    ui_mode: urls.uiMode,
    url: isHosted ? `${account.world.url}/c/pay/${id}` : null,
  }
  const state: CheckoutState = {
    lines: lines.map((line, index) => makeLine(context, line, shares[index] ?? wholly)),
    data,
    trialEnd,
    expiry: undefined,
    customer: undefined,
    entered: undefined,
    problem: undefined,
    subscription: undefined,
    intent: undefined,
  }
  account.checkoutSessions.add(session)
  account.checkoutStates.set(id, state)
  if (customer !== null)
    session.customer_details = customerDetails(account, session, undefined)
  if (mode === 'setup') setupIntentOf(context, session, state, customer)
  scheduleExpiry(context, session)
  return session
}

function readCurrency(params: Params, lines: readonly NewLine[]): string | null {
  const currency = text(params, 'currency')
  return currency ? currencyOf(currency) : (lines[0]?.currency ?? null)
}

function readReference(params: Params): string | null {
  const reference = text(params, 'client_reference_id') ?? null
  if (reference === null || reference.length <= 200) return reference
  throw invalidRequest(
    `Invalid string: ${reference.slice(0, 20)}...; must be at most 200 characters`,
    { param: 'client_reference_id' },
  )
}

function checkTotal(total: number, currency: string): void {
  const minimum = minimumCharge(currency)
  if (total > 0 && total < minimum) {
    throw invalidRequest(
      `The Checkout Session's total amount due must add up to at least ${priceText(minimum, currency)} ${currency}`,
      { code: 'amount_too_small' },
    )
  }
  if (total > MAXIMUM_CHARGE) {
    // The wording is unverified against Stripe.
    throw invalidRequest(
      `The Checkout Session's total amount due must be no more than ${priceText(MAXIMUM_CHARGE, currency)} ${currency}`,
      { code: 'amount_too_large' },
    )
  }
}

/** Unverified against Stripe, but for the default of `payment` mode. */
function creationOf(
  params: Params,
  mode: CheckoutMode,
  customer: string | null,
): CheckoutSession['customer_creation'] {
  if (customer !== null) return null
  if (mode === 'subscription') return 'always'
  return text(params, 'customer_creation') === 'always' ? 'always' : 'if_required'
}
