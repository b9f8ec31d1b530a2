import { matching, page as pageOf } from '../api/list.ts'
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
  const isWanted = matching(params, ['currency', 'source', 'type'])
  const url = '/v1/balance_transactions'
  return pageOf(account.balanceTransactions, url, params, isWanted)
}

function retrieve(call: Call): unknown {
  return call.account.balanceTransactions.get(idAt(call))
}
