// The payment of an invoice: attempts, retries, and the end of both. Source:
// https://docs.stripe.com/billing/revenue-recovery/smart-retries and
// https://docs.stripe.com/billing/subscriptions/webhooks
import { invalidRequest, StripeError } from '../api/stripe-error.ts'
import { attemptPayment } from '../payments/payment-attempt.ts'
import type { PaymentIntent } from '../payments/payment-intent-object.ts'
import { isUsedUp } from '../payments/payment-methods.ts'
import type { Account } from '../state/account.ts'
import { change } from '../state/change.ts'
import { type Context, contextOfTime, emit, emitChange } from '../state/context.ts'
import { setDelinquent } from './delinquency.ts'
import type { Invoice } from './invoice-object.ts'
import { addInvoicePayment, defaultPayment, dropPayment } from './invoice-payments.ts'
import { markPaid, stateOf, tell } from './invoices.ts'
import { savePaymentMethod } from './save-payment-method.ts'

const AN_HOUR = 3_600
const A_DAY = 86_400

export interface CollectOptions {
  /** Automatic attempts are counted and followed by retries. */
  readonly kind: 'automatic' | 'manual'
  readonly offSession: boolean
  readonly onAuthentication?: 'ask' | 'decline'
  /** Default: that of the invoice, its subscription or its customer. */
  readonly paymentMethod?: string | undefined
}

/**
 * Attempts the payment of an open invoice.
 *
 * @throws StripeError 402 when the card declines, 400 when there is none to charge
 */
export function collect(
  context: Context,
  invoice: Invoice,
  { kind, offSession, onAuthentication = 'ask', paymentMethod }: CollectOptions,
): void {
  const { account } = context
  const charged = paymentMethod ?? paymentMethodOf(account, invoice)
  // That one which has been detached since counts as none is unverified against Stripe.
  if (charged === null || isUsedUp(account, charged)) {
    if (kind === 'automatic') noteFailure(context, invoice, kind)
    throw noPaymentMethod()
  }
  const intent = intentOf(account, invoice) ?? addInvoicePayment(context, invoice)
  intent.payment_method = charged
  intent.next_action = null
  const state = stateOf(account, invoice)
  state.attempt = kind
  try {
    attemptPayment({ context, intent }, { offSession, onAuthentication })
  } finally {
    state.attempt = undefined
  }
}

export function noPaymentMethod(): StripeError {
  return invalidRequest(
    'This customer has no attached payment source or default payment method. Please consider adding a default payment method. For more information, visit https://stripe.com/docs/billing/subscriptions/payment-methods-setting#payment-method-priority.',
    { code: 'resource_missing' },
  )
}

/** Attempts the payment of an invoice by itself. What fails is noted, and nobody is told by an error. */
export function collectAutomatically(context: Context, invoice: Invoice): void {
  if (invoice.status !== 'open' || !invoice.auto_advance) return
  if (invoice.collection_method !== 'charge_automatically') return
  try {
    collect(context, invoice, { kind: 'automatic', offSession: true })
  } catch (error) {
    if (!(error instanceof StripeError)) throw error
  }
}

/** What is charged, in Stripe's order. Sources (`default_source`) are not modelled. */
export function paymentMethodOf(
  { subscriptions, customers }: Account,
  {
    default_payment_method,
    parent,
    customer,
  }: Pick<Invoice, 'customer' | 'default_payment_method' | 'parent'>,
): string | null {
  const subscription = subscriptions.find(parent?.subscription_details.subscription ?? '')
  return (
    default_payment_method ??
    subscription?.default_payment_method ??
    customers.find(customer)?.invoice_settings.default_payment_method ??
    null
  )
}

export function intentOf(account: Account, invoice: Invoice): PaymentIntent | undefined {
  const payment = defaultPayment(account, invoice)
  return payment && account.paymentIntents.find(payment.payment.payment_intent)
}

/** Follows the payment intent of an invoice, whoever has moved it: an attempt, or the buyer. */
export function followIntent(context: Context, intent: PaymentIntent): void {
  const { account } = context
  const invoice = account.invoices.find(account.invoiceOfIntent.get(intent.id) ?? '')
  if (invoice === undefined) return
  if (invoice.status !== 'open' && invoice.status !== 'uncollectible') return
  const kind = account.invoiceStates.get(invoice.id)?.attempt
  if (intent.status === 'succeeded') {
    const counted = kind === 'automatic' || invoice.attempt_count === 0
    savePaymentMethod(context, invoice, intent.payment_method)
    markPaid(context, invoice, { attempted: true, isCounted: counted })
  } else if (intent.status === 'requires_action') {
    emit(context, 'invoice.payment_action_required', invoice)
    noteFailure(context, invoice, kind, 'action_required')
  } else if (intent.status === 'requires_payment_method') {
    noteFailure(context, invoice, kind)
  } else if (intent.status === 'canceled') {
    dropPayment(context, invoice)
  }
}

/** Counts a failed attempt and plans the next one. */
function noteFailure(
  context: Context,
  invoice: Invoice,
  kind: CollectOptions['kind'] | undefined,
  outcome: 'action_required' | 'failed' = 'failed',
): void {
  const { account } = context
  const isFirst = invoice.billing_reason === 'subscription_create'
  // Recorded: a first payment that asks for authentication is not counted.
  const isCounted = isFirst
    ? outcome === 'failed' && invoice.attempt_count === 0
    : kind === 'automatic' || invoice.attempt_count === 0
  const isRetried =
    kind === 'automatic' &&
    !isFirst &&
    invoice.collection_method === 'charge_automatically'
  const next = isRetried ? planRetry(context, invoice) : invoice.next_payment_attempt
  const { automations } = account.world.billing
  const counted = change(invoice, {
    attempt_count: invoice.attempt_count + (isCounted ? 1 : 0),
    attempted: true,
    next_payment_attempt: automations && isRetried ? null : next,
  })
  emit(context, 'invoice.payment_failed', invoice)
  emitChange(context, 'invoice.updated', invoice, counted)
  if (automations)
    emitChange(
      context,
      'invoice.updated',
      invoice,
      change(invoice, { next_payment_attempt: next }),
    )
  if (kind === 'automatic') setDelinquent(context, invoice.customer, true)
  tell(context, invoice, outcome)
  if (isRetried && next === null) tell(context, invoice, 'exhausted')
}

/** Plans the next retry. @returns when it is, or `null` when none is left */
function planRetry(context: Context, invoice: Invoice): number | null {
  const { account, timeline } = context
  const state = stateOf(account, invoice)
  const days = account.world.billing.retryDays[state.tries]
  state.tries += 1
  if (days === undefined) return null
  const at = timeline.now() + days * A_DAY
  state.task = timeline.schedule(at, () => {
    retry(contextOfTime(account, invoice.customer), invoice)
  })
  return at
}

/** Goes on with a payment that was not to be tried any more. How soon is unverified against Stripe. */
export function resumeCollection(context: Context, invoice: Invoice): number {
  const { account, timeline } = context
  const at = timeline.now() + AN_HOUR
  const state = stateOf(account, invoice)
  state.task?.cancel()
  state.task = timeline.schedule(at, () => {
    retry(contextOfTime(account, invoice.customer), invoice)
  })
  return at
}

function retry(context: Context, invoice: Invoice): void {
  if (invoice.status !== 'open' || !invoice.auto_advance) return
  if (!isHopeless(context.account, invoice)) {
    collectAutomatically(context, invoice)
    return
  }
  // The schedule and the count go on; the attempt is left out.
  const next = planRetry(context, invoice)
  const planned = change(invoice, {
    attempt_count: invoice.attempt_count + 1,
    next_payment_attempt: next,
  })
  emitChange(context, 'invoice.updated', invoice, planned)
  if (next === null) tell(context, invoice, 'exhausted')
}

/** Declines after which the same card is not tried again. Source: https://docs.stripe.com/billing/revenue-recovery/smart-retries#non-retryable-decline-codes */
const HARD_DECLINES: ReadonlySet<unknown> = new Set([
  'authentication_required',
  'highest_risk_level',
  'incorrect_number',
  'lost_card',
  'pickup_card',
  'revocation_of_all_authorizations',
  'revocation_of_authorization',
  'stolen_card',
  'transaction_not_allowed',
])

function isHopeless(account: Account, invoice: Invoice): boolean {
  const intent = intentOf(account, invoice)
  if (intent === undefined) return false
  const charged = paymentMethodOf(account, invoice)
  if (intent.status === 'requires_action') return intent.payment_method === charged
  const charge = account.charges.find(intent.latest_charge ?? '')
  // What Radar blocks says so on the charge alone.
  const outcome = charge?.outcome as { readonly reason: string | null } | undefined
  const error = intent.last_payment_error as {
    code?: string
    decline_code?: string
    payment_method?: { id: string }
  } | null
  const isHard = [error?.decline_code, error?.code, outcome?.reason].some((code) =>
    HARD_DECLINES.has(code),
  )
  return isHard && error?.payment_method?.id === charged
}
