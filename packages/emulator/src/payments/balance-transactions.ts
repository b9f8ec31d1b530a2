import { page as pageOf } from '../api/list.ts'
import { text } from '../api/params.ts'
import { type Call, idAt, type Route } from '../api/route.ts'

export const balanceTransactionRoutes: readonly Route[] = [
  { operation: 'GET /v1/balance_transactions', run: page, missing: ['payout'] },
  {
    operation: 'GET /v1/balance_transactions/{id}',
    run: retrieve,
    unverified: ["the fee, which is that of Stripe's standard price in the US"],
  },
]

function page({ account, params }: Call): unknown {
  const currency = text(params, 'currency')
  const source = text(params, 'source')
  const type = text(params, 'type')
  return pageOf(
    account.balanceTransactions,
    '/v1/balance_transactions',
    params,
    (transaction) =>
      (!currency || transaction.currency === currency) &&
      (!source || transaction.source === source) &&
      (!type || transaction.type === type),
  )
}

function retrieve(call: Call): unknown {
  return call.account.balanceTransactions.get(idAt(call))
}
