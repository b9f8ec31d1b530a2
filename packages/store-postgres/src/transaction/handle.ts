import { BillingError } from '@countersign/core'
import type { PostgresQuery } from '../connection/postgres-client.ts'
import type {
  PostgresTransaction,
  TransactionQuery,
  TransactionResult,
} from './postgres-transaction.ts'
import { refuseTransactionControl } from './refuse-transaction-control.ts'

/** The `tx` of user code. */
export class Handle implements PostgresTransaction {
  readonly #run: (query: PostgresQuery) => Promise<unknown>

  constructor(run: (query: PostgresQuery) => Promise<unknown>) {
    this.#run = run
  }

  async query<R>(
    query: string | TransactionQuery,
    values?: readonly unknown[],
  ): Promise<TransactionResult<R>> {
    const config = typeof query === 'string' ? { text: query } : query
    refuseTransactionControl(config.text)
    const given = values ?? config.values ?? []
    // The extended protocol takes one statement, so that no other hides behind the first.
    const single = { ...config, values: [...given], queryMode: 'extended' }
    return (await this.#run(single)) as TransactionResult<R>
  }
}

export function closedTransaction(): BillingError {
  return new BillingError(
    'transaction_closed',
    'tx was used after the end of its transaction. Await every query inside the callback of context.transaction, and keep no reference to tx.',
  )
}
