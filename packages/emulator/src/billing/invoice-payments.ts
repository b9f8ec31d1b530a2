// How an invoice is paid. Source: https://docs.stripe.com/api/invoice-payment
import { addPaymentIntent } from '../payments/add-payment-intent.ts'
import { cancelPaymentIntent } from '../payments/cancel-payment-intent.ts'
import type { PaymentIntent } from '../payments/payment-intent-object.ts'
import type { Account } from '../state/account.ts'
import type { Context } from '../state/context.ts'
import type { Invoice, InvoicePayment } from './invoice-object.ts'

/** Gives a finalized invoice the payment intent that pays it. */
export function addInvoicePayment(
  context: Context,
  invoice: Invoice,
  existing?: PaymentIntent,
): PaymentIntent {
  const { account, timeline } = context
  const { amount_due: amount, currency, customer } = invoice
  const intent =
    existing ??
    addPaymentIntent(context, {
      amount,
      capture_method: 'automatic',
      currency,
      customer,
      description: descriptionOf(invoice),
      payment_details: { customer_reference: null, order_reference: invoice.id },
      setup_future_usage: isSavedBy(invoice) ? 'off_session' : null,
    })
  account.invoiceOfIntent.set(intent.id, invoice.id)
  account.invoicePayments.add({
    id: account.newId('inpay'),
    object: 'invoice_payment',
    amount_paid: null,
    amount_requested: amount,
    created: timeline.now(),
    currency,
    invoice: invoice.id,
    is_default: true,
    livemode: false,
    payment: { payment_intent: intent.id, type: 'payment_intent' },
    status: 'open',
    status_transitions: { canceled_at: null, paid_at: null },
  })
  return intent
}

/** As recorded answers have it; of renewals there is no record. */
function isSavedBy({ billing_reason }: Invoice): boolean {
  return (
    billing_reason === 'subscription_create' || billing_reason === 'subscription_update'
  )
}

/** As recorded answers have them. */
function descriptionOf({ billing_reason, number }: Invoice): string {
  if (billing_reason === 'subscription_create') return 'Subscription creation'
  return billing_reason === 'subscription_cycle' ||
    billing_reason === 'subscription_update'
    ? 'Subscription update'
    : `Payment for Invoice ${number ?? ''}`.trim()
}

/** The invoice will not be paid by it any more. */
export function cancelPayment(context: Context, payment: InvoicePayment): void {
  const { account, timeline } = context
  payment.status = 'canceled'
  payment.status_transitions = { canceled_at: timeline.now(), paid_at: null }
  const intent = account.paymentIntents.find(payment.payment.payment_intent)
  if (
    intent !== undefined &&
    intent.status !== 'canceled' &&
    intent.status !== 'succeeded'
  )
    cancelPaymentIntent(context, intent, 'void_invoice')
}

/** Its intent has been canceled, and the next attempt is of another. What Stripe does then is unverified. */
export function dropPayment({ account, timeline }: Context, invoice: Invoice): void {
  const payment = defaultPayment(account, invoice)
  if (payment?.status !== 'open') return
  payment.is_default = false
  payment.status = 'canceled'
  payment.status_transitions = { canceled_at: timeline.now(), paid_at: null }
}

/** The payment that an invoice is to be paid by, or was. */
export function defaultPayment(
  { invoicePayments }: Account,
  { id }: Invoice,
): InvoicePayment | undefined {
  return invoicePayments.where('invoice', id).find(({ is_default }) => is_default)
}
