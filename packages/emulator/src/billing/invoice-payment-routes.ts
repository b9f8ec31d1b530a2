import { matching, page as pageOf } from '../api/list.ts'
import { nested, text } from '../api/params.ts'
import { idAt, type Route } from '../api/route.ts'

/** Payments of invoices are made by finalizing them. */
export const invoicePaymentRoutes: readonly Route[] = [
  {
    operation: 'GET /v1/invoice_payments',
    run: ({ account, params }) => {
      const matches = matching(params, ['invoice', 'status'])
      const intent = text(nested(params, 'payment') ?? {}, 'payment_intent')
      return pageOf(
        account.invoicePayments,
        '/v1/invoice_payments',
        params,
        (payment) =>
          matches(payment) && (!intent || payment.payment.payment_intent === intent),
      )
    },
  },
  {
    operation: 'GET /v1/invoice_payments/{invoice_payment}',
    run: (call) => call.account.invoicePayments.get(idAt(call), 'invoice_payment'),
  },
]
