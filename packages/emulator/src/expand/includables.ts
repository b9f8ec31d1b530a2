import { type List, listOf, pageOfArray } from '../api/list.ts'
import type { Invoice, InvoicePayment } from '../billing/invoice-object.ts'
import { linesOf } from '../checkout/lines-of.ts'
import type { Customer } from '../customers/customer-object.ts'
import type { Account } from '../state/account.ts'
import type { StripeObject } from '../state/collection.ts'

/** Gives what an object has and answers only when it is asked for by `expand`. */
type Include = (account: Account, object: StripeObject) => unknown

/** By the `object` and the field. */
export const includables: Readonly<
  Record<string, Readonly<Record<string, Include>> | undefined>
> = {
  charge: {
    refunds: (account, { id }) =>
      newest(account.refunds.where('charge', id), `/v1/charges/${id}/refunds`),
  },
  'checkout.session': {
    line_items: (account, session) => {
      const { url, lines } = linesOf(account, session)
      return pageOfArray(lines, url, {})
    },
  },
  customer: {
    invoice_credit_balance: (_, customer) => creditOf(customer as Customer),
    // Sources and tax ids are not modelled: nobody has one.
    sources: (_, { id }) => listOf([], `/v1/customers/${id}/sources`),
    subscriptions: (account, { id }) =>
      newest(
        account.subscriptions
          .where('customer', id)
          .filter(
            ({ status }) => status !== 'canceled' && status !== 'incomplete_expired',
          ),
        `/v1/customers/${id}/subscriptions`,
      ),
    tax_ids: (_, { id }) => listOf([], `/v1/customers/${id}/tax_ids`),
  },
  invoice: {
    confirmation_secret: (account, invoice) => secretOf(account, invoice as Invoice),
    payments: (account, { id }) =>
      newest(account.invoicePayments.where('invoice', id), '/v1/invoice_payments'),
  },
  item: {
    // Neither is modelled: a line has none.
    discounts: () => [],
    taxes: () => [],
  },
}

/** The ten that were made last, newest first. */
function newest<T>(objects: readonly T[], url: string): List<T> {
  return {
    object: 'list',
    data: objects.slice(-10).reverse(),
    has_more: objects.length > 10,
    url,
  }
}

/** What the next invoice uses up, by currency. */
function creditOf({ balance, currency }: Customer): Readonly<Record<string, number>> {
  return currency === null || balance === 0 ? {} : { [currency]: balance }
}

/** What a browser needs to pay an invoice: the secret of its payment, which an invoice that is paid shows too. */
function secretOf(
  account: Account,
  { id }: Invoice,
): { readonly client_secret: string; readonly type: 'payment_intent' } | null {
  const isShown = ({ is_default, status }: InvoicePayment): boolean =>
    is_default && status !== 'canceled'
  const payment = account.invoicePayments.where('invoice', id).find(isShown)?.payment
  const intent = payment && account.paymentIntents.find(payment.payment_intent)
  if (intent === undefined) return null
  return { client_secret: intent.client_secret, type: 'payment_intent' }
}
