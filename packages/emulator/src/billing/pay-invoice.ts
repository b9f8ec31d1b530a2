import { flag, text } from '../api/params.ts'
import type { Call } from '../api/route.ts'
import { docUrl, invalidRequest, StripeError } from '../api/stripe-error.ts'
import { expectUnspent, resolvePaymentMethod } from '../payments/payment-methods.ts'
import type { Account } from '../state/account.ts'
import { contextOf } from '../state/context.ts'
import { collect, noPaymentMethod, paymentMethodOf } from './collect.ts'
import { totalsOf } from './invoice-drafts.ts'
import type { Invoice } from './invoice-object.ts'
import { finalizeInvoice, markPaid } from './invoices.ts'

/** Pays an invoice when it is asked for. Source: https://docs.stripe.com/api/invoices/pay */
export function pay(call: Call, invoice: Invoice): Invoice {
  const { account, params } = call
  const context = contextOf(call, invoice.customer)
  if (invoice.status === 'paid') {
    throw invalidRequest('Invoice is already paid', { code: 'invoice_already_paid' })
  }
  if (invoice.status === 'void') {
    throw invalidRequest('This invoice has been voided: it cannot be paid.', {
      code: 'invoice_not_editable',
    })
  }
  const given = text(params, 'payment_method')
  const paymentMethod = given ? payable(account, given, invoice) : undefined
  const isOutOfBand = flag(params, 'paid_out_of_band') ?? false
  const isDraft = invoice.status === 'draft'
  if (!isOutOfBand && (!isDraft || isDue(account, invoice))) {
    const charged = paymentMethod ?? paymentMethodOf(account, invoice)
    if (charged === null) throw noPaymentMethod()
    expectUnspent(account, charged)
  }
  if (isDraft) finalizeInvoice(context, invoice)
  // Nothing was to be paid.
  if (invoice.status !== 'open' && invoice.status !== 'uncollectible') return invoice
  if (isOutOfBand) {
    markPaid(context, invoice, { isOutOfBand: true })
    return invoice
  }
  const offSession = flag(params, 'off_session') ?? true
  collect(context, invoice, { kind: 'manual', offSession, paymentMethod })
  if (account.invoices.get(invoice.id).status !== 'paid') {
    const code = 'invoice_payment_intent_requires_action'
    throw new StripeError(402, {
      type: 'card_error',
      code,
      doc_url: docUrl(code),
      message:
        'Invoice payment requires additional user action before it can be completed successfully. Payment can be completed using the PaymentIntent associated with the invoice. For more details see: https://stripe.com/docs/billing/subscriptions/overview#requires-action',
    })
  }
  return invoice
}

/** @throws StripeError 400: it belongs to somebody else */
function payable(account: Account, given: string, { customer }: Invoice): string {
  const paymentMethod = resolvePaymentMethod(account, given, 'payment_method')
  if (paymentMethod.customer === null || paymentMethod.customer === customer)
    return paymentMethod.id
  throw invalidRequest(
    `The customer does not have a payment method with the ID ${given}. The payment method must be attached to the customer.`,
    { code: 'resource_missing', param: 'payment_method' },
  )
}

function isDue(account: Account, { currency, customer, lines }: Invoice): boolean {
  const balance = account.customers.find(customer)?.balance ?? 0
  return totalsOf(lines.data, balance, currency).amount_due > 0
}
