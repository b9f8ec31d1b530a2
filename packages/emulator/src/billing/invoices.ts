// The life of an invoice, but for its payment: draft, open, void, uncollectible. Source:
// https://docs.stripe.com/invoicing/overview and https://docs.stripe.com/billing/invoices/overview
import { StripeError } from '../api/stripe-error.ts'
import type { PaymentIntent } from '../payments/payment-intent-object.ts'
import type { Account } from '../state/account.ts'
import { change } from '../state/change.ts'
import { type Context, contextOfTime, emit, emitChange } from '../state/context.ts'
import type { InvoiceOutcome } from '../state/world.ts'
import { receiversOf } from '../webhooks/receivers.ts'
import { setDelinquent } from './delinquency.ts'
import {
  checkDue,
  draftInvoice,
  endingBalanceOf,
  type InvoiceDraft,
  totalsOf,
} from './invoice-drafts.ts'
import type { Invoice, InvoiceState } from './invoice-object.ts'
import { addInvoicePayment, cancelPayment, defaultPayment } from './invoice-payments.ts'

const AN_HOUR = 3_600
/** How long an endpoint that has not taken `invoice.created` can put off the payment. Source: https://docs.stripe.com/billing/subscriptions/webhooks */
const LONGEST_DELAY = 72 * AN_HOUR

/**
 * Keeps a new invoice, in the status `draft`. Its lines take over the invoice items that
 * have waited for it.
 *
 * @param announce Called before its event, when its id is known.
 */
export function addInvoice(
  context: Context,
  draft: InvoiceDraft,
  announce: (invoice: Invoice) => void = () => {},
): Invoice {
  const { account } = context
  const invoice = draftInvoice(context, draft)
  // Source: https://docs.stripe.com/api/invoices/object#invoice_object-webhooks_delivered_at
  if (receiversOf(account, 'invoice.created').length === 0)
    invoice.webhooks_delivered_at = invoice.created
  account.invoices.add(invoice)
  for (const { invoiceItem } of draft.lines) {
    const item = invoiceItem === null ? undefined : account.invoiceItems.find(invoiceItem)
    if (item !== undefined) item.invoice = invoice.id
  }
  announce(invoice)
  emit(context, 'invoice.created', invoice)
  return invoice
}

export function stateOf(account: Account, invoice: Invoice): InvoiceState {
  const known = account.invoiceStates.get(invoice.id)
  if (known !== undefined) return known
  const state: InvoiceState = {
    attempt: undefined,
    tries: 0,
    task: undefined,
    overdue: undefined,
  }
  account.invoiceStates.set(invoice.id, state)
  return state
}

/** Forgets what an invoice had still before it. */
export function settleState(account: Account, invoice: Invoice): void {
  const state = account.invoiceStates.get(invoice.id)
  state?.task?.cancel()
  state?.overdue?.cancel()
  account.invoiceStates.delete(invoice.id)
}

/** Whatever time would do with an invoice by itself, it does not; a due date stays. */
export function stopAdvancing(account: Account, invoice: Invoice): void {
  const state = account.invoiceStates.get(invoice.id)
  state?.task?.cancel()
}

/** Has a draft finalized when its hour is over, and goes on with `then`. */
export function scheduleFinalization(
  context: Context,
  invoice: Invoice,
  then: (context: Context, invoice: Invoice) => void,
): void {
  const at = invoice.automatically_finalizes_at
  if (invoice.auto_advance && at !== null) planFinalization(context, invoice, at, then)
}

/** Has a draft finalized at a time, unless an endpoint puts that off, and goes on with `then`. */
export function planFinalization(
  { account, timeline }: Context,
  invoice: Invoice,
  at: number,
  then: (context: Context, invoice: Invoice) => void,
): void {
  const state = stateOf(account, invoice)
  state.task?.cancel()
  state.task = timeline.schedule(at, () => {
    const later = contextOfTime(account, invoice.customer)
    if (invoice.status !== 'draft' || !invoice.auto_advance) return
    const isWaiting = account.world.isRefusing(invoice.id, 'invoice.created')
    if (isWaiting && at < invoice.created + LONGEST_DELAY) {
      const next = { automatically_finalizes_at: at + AN_HOUR }
      emitChange(later, 'invoice.updated', invoice, change(invoice, next))
      planFinalization(later, invoice, at + AN_HOUR, then)
    } else {
      finalizeByItself(later, invoice, then)
    }
  })
}

function finalizeByItself(
  context: Context,
  invoice: Invoice,
  then: (context: Context, invoice: Invoice) => void,
): void {
  try {
    finalizeInvoice(context, invoice)
  } catch (error) {
    if (!(error instanceof StripeError)) throw error
    change(invoice, { auto_advance: false, last_finalization_error: error.body })
    emit(context, 'invoice.finalization_failed', invoice)
    return
  }
  then(context, invoice)
}

export interface FinalizeOptions {
  /** The payment that has been made for it already. */
  readonly intent?: PaymentIntent | undefined
  /** Whether it is collected by itself. Default: as the draft says. */
  readonly autoAdvance?: boolean | undefined
}

/**
 * Ends the draft: numbers it, applies the customer's balance, and gives it a payment
 * intent. Nothing to pay: it is paid.
 *
 * @throws StripeError 400, and changes nothing: more is due than can be charged
 */
export function finalizeInvoice(
  context: Context,
  invoice: Invoice,
  { intent, autoAdvance = invoice.auto_advance }: FinalizeOptions = {},
): void {
  const { account, timeline } = context
  const now = timeline.now()
  const customer = account.customers.find(invoice.customer)
  const balance = customer?.balance ?? 0
  const totals = totalsOf(invoice.lines.data, balance, invoice.currency)
  checkDue(totals.amount_due)
  const ending = endingBalanceOf(totals.total, balance, totals.amount_due)
  const isFree = totals.amount_due === 0
  const sequence = customer?.next_invoice_sequence ?? 1
  if (customer !== undefined) {
    customer.next_invoice_sequence = sequence + 1
    emitChange(context, 'customer.updated', customer, balanceChange(customer, ending))
  }
  settleState(account, invoice)
  const finalized = change(invoice, {
    ...totals,
    auto_advance: autoAdvance,
    automatically_finalizes_at: null,
    effective_at: now,
    ending_balance: ending,
    hosted_invoice_url: `${account.world.url}/i/${account.id}/${invoice.id}`,
    invoice_pdf: `${account.world.url}/i/${account.id}/${invoice.id}/pdf`,
    next_payment_attempt: null,
    number: `${customer?.invoice_prefix ?? 'EMULATED'}-${String(sequence).padStart(4, '0')}`,
    starting_balance: balance,
    status: 'open',
    status_transitions: { ...invoice.status_transitions, finalized_at: now },
    webhooks_delivered_at: deliveredAt(account, invoice, now),
  })
  emit(context, 'invoice.finalized', invoice)
  if (!isFree) addInvoicePayment(context, invoice, intent)
  emitChange(context, 'invoice.updated', invoice, finalized)
  if (isFree) markPaid(context, invoice, { attempted: true })
  else if (invoice.collection_method === 'send_invoice') awaitDueDate(context, invoice)
}

/** When its endpoints took notice of a draft; seen to when it is finalized, as nothing waits for it before. */
function deliveredAt(account: Account, invoice: Invoice, now: number): number | null {
  const { created, id, webhooks_delivered_at } = invoice
  if (webhooks_delivered_at !== null || now === created) return webhooks_delivered_at
  return account.world.isRefusing(id, 'invoice.created') ? null : now
}

function balanceChange(customer: { balance: number }, balance: number) {
  return change(customer, { balance })
}

export interface PaidHow {
  readonly attempted?: boolean
  /** Whether it was an attempt that `attempt_count` counts. */
  readonly isCounted?: boolean
  /** Paid by other means: there was no payment attempt. */
  readonly isOutOfBand?: boolean
}

/** Ends an invoice as paid. */
export function markPaid(
  context: Context,
  invoice: Invoice,
  { attempted = false, isCounted = false, isOutOfBand = false }: PaidHow = {},
): void {
  const { account, timeline } = context
  const now = timeline.now()
  settleState(account, invoice)
  const payment = defaultPayment(account, invoice)
  const paid = change(invoice, {
    amount_paid: isOutOfBand ? invoice.amount_paid : invoice.amount_due,
    ...(isOutOfBand && { amount_paid_off_stripe: invoice.amount_remaining }),
    amount_remaining: 0,
    attempt_count: invoice.attempt_count + (isCounted ? 1 : 0),
    attempted: invoice.attempted || attempted,
    auto_advance: false,
    next_payment_attempt: null,
    status: 'paid',
    status_transitions: { ...invoice.status_transitions, paid_at: now },
  })
  emitChange(context, 'invoice.updated', invoice, paid)
  emit(context, 'invoice.paid', invoice)
  if (!isOutOfBand) emit(context, 'invoice.payment_succeeded', invoice)
  if (payment?.status === 'open') {
    if (isOutOfBand) cancelPayment(context, payment)
    else {
      payment.amount_paid = payment.amount_requested
      payment.status = 'paid'
      payment.status_transitions = { canceled_at: null, paid_at: now }
      emit(context, 'invoice_payment.paid', payment)
    }
  }
  setDelinquent(context, invoice.customer, false)
  tell(context, invoice, 'paid')
}

export function voidInvoice(context: Context, invoice: Invoice): void {
  const { account, timeline } = context
  settleState(account, invoice)
  giveBackBalance(context, invoice)
  const voided = change(invoice, {
    auto_advance: false,
    next_payment_attempt: null,
    status: 'void',
    status_transitions: { ...invoice.status_transitions, voided_at: timeline.now() },
  })
  emit(context, 'invoice.voided', invoice)
  emitChange(context, 'invoice.updated', invoice, voided)
  const payment = defaultPayment(account, invoice)
  if (payment?.status === 'open') cancelPayment(context, payment)
  tell(context, invoice, 'voided')
}

/** What the invoice took from the customer's balance, or put on it, is undone. */
function giveBackBalance(context: Context, invoice: Invoice): void {
  const customer = context.account.customers.find(invoice.customer)
  if (customer === undefined || invoice.ending_balance === null) return
  const balance = customer.balance + invoice.starting_balance - invoice.ending_balance
  emitChange(context, 'customer.updated', customer, balanceChange(customer, balance))
}

export function markUncollectible(context: Context, invoice: Invoice): void {
  const { account, timeline } = context
  settleState(account, invoice)
  const given = change(invoice, {
    auto_advance: false,
    next_payment_attempt: null,
    status: 'uncollectible',
    status_transitions: {
      ...invoice.status_transitions,
      marked_uncollectible_at: timeline.now(),
    },
  })
  emit(context, 'invoice.marked_uncollectible', invoice)
  emitChange(context, 'invoice.updated', invoice, given)
  setDelinquent(context, invoice.customer, false)
  tell(context, invoice, 'uncollectible')
}

function awaitDueDate(context: Context, invoice: Invoice): void {
  const { account, timeline } = context
  if (invoice.due_date === null) return
  stateOf(account, invoice).overdue = timeline.schedule(invoice.due_date, () => {
    if (invoice.status !== 'open') return
    const later = contextOfTime(account, invoice.customer)
    emit(later, 'invoice.overdue', invoice)
    setDelinquent(later, invoice.customer, true)
    tell(later, invoice, 'overdue')
  })
}

/** Tells those who follow invoices, such as their subscription. */
export function tell(context: Context, invoice: Invoice, outcome: InvoiceOutcome): void {
  for (const follow of context.account.world.observers.onInvoice)
    follow(context, invoice, outcome)
}
