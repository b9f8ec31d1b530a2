import type { Store } from '../store/store.ts'
import type { TransactionKind } from '../store/transaction.ts'
import { hasMethods } from './has-methods.ts'

/** Whether a value has every method of a store. */
export function isStore(value: unknown): boolean {
  const store = value as Partial<Store<TransactionKind>> | null | undefined
  return (
    hasMethods(store, [
      'claim',
      'claimAndCommit',
      'record',
      'claimNext',
      'commit',
      'release',
      'watch',
    ]) &&
    hasMethods(store?.outbox, ['claimNext', 'settle']) &&
    hasMethods(store?.mirror, ['takeTicket', 'find', 'findByCustomer']) &&
    hasMethods(store?.recovery, [
      'list',
      'requeue',
      'skip',
      'prune',
      'readCheckpoint',
      'writeCheckpoint',
    ])
  )
}
