import type { Settings } from '../billing/settings.ts'
import type { TransactionKind } from '../store/transaction.ts'

/** Whether anything here acts on events of this type: a handler, or the mirror. */
export function actsOn<Tx extends TransactionKind>(
  { handlersOf, mirror }: Settings<Tx>,
  type: string,
): boolean {
  return handlersOf(type).length > 0 || mirror.isAbout(type)
}
