import type { TransactionKind } from '@countersign/core'
import { storeContract } from './contract.ts'
import type { StoreStatement } from './statement.ts'
import { withStorage } from './store-context.ts'
import type { StoreSubject } from './subject.ts'

export interface StatementResult {
  readonly id: string
  /** `left-out`: it needs something that the subject says it lacks. */
  readonly outcome: 'passed' | 'failed' | 'left-out'
  /** Why it failed. */
  readonly message?: string
}

export interface ContractOptions {
  /** Only these statements. Default: all. */
  readonly isWanted?: (statement: StoreStatement) => boolean
  /** How long a statement may take, in milliseconds. Default 30,000. */
  readonly timeoutMs?: number
}

/** Holds a store against every statement of the contract, one after another. Never rejects for what a store does. */
export async function runStoreContract<Tx extends TransactionKind>(
  subject: StoreSubject<Tx>,
  { isWanted = () => true, timeoutMs = 30_000 }: ContractOptions = {},
): Promise<readonly StatementResult[]> {
  const results: StatementResult[] = []
  try {
    for (const statement of storeContract.filter(isWanted)) {
      results.push(await runStatement(subject, statement, timeoutMs))
    }
  } finally {
    await subject.end?.()
  }
  return results
}

/** Whether a subject has what a statement needs. */
export function isAskedOf<Tx extends TransactionKind>(
  { transactions, without = [] }: StoreSubject<Tx>,
  { needs = [], transactions: only = transactions }: StoreStatement,
): boolean {
  return only === transactions && !needs.some((need) => without.includes(need))
}

async function runStatement<Tx extends TransactionKind>(
  subject: StoreSubject<Tx>,
  statement: StoreStatement,
  timeoutMs: number,
): Promise<StatementResult> {
  const { id, run } = statement
  if (!isAskedOf(subject, statement)) return { id, outcome: 'left-out' }
  try {
    await withStorage(subject, run, timeoutMs)
    return { id, outcome: 'passed' }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return { id, outcome: 'failed', message }
  }
}
