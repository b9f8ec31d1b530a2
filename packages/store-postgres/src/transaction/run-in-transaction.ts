import type { Session } from '../connection/session.ts'
import { closedTransaction, Handle } from './handle.ts'
import type { PostgresTransaction } from './postgres-transaction.ts'

/** Runs user code in the transaction of a session that nothing else uses meanwhile. */
export async function runInTransaction(
  session: Session,
  work: (tx: PostgresTransaction) => Promise<void>,
): Promise<void> {
  let isOpen = true
  let last: Promise<unknown> = Promise.resolve()
  const tx = new Handle((query) => {
    if (!isOpen) return Promise.reject(closedTransaction())
    const result = last.then(() => session.query(query))
    last = result.catch(() => {})
    return result
  })
  try {
    await work(tx)
  } finally {
    isOpen = false
    await last
  }
}
