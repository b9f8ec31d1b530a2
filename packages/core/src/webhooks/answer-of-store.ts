import type { Settings } from '../billing/settings.ts'
import type { TransactionKind } from '../store/transaction.ts'

/** How long a store may take to answer, in milliseconds. Longer, and Stripe had better come again. */
const STORE_TIMEOUT_MS = 10_000

/** Waits for a store, but not for ever: one that hangs would hold the request, and with it the sender. */
export async function answerOf<T, Tx extends TransactionKind>(
  answer: Promise<T>,
  { clock }: Pick<Settings<Tx>, 'clock'>,
): Promise<T> {
  let timer: unknown
  const timeIsUp = new Promise<never>((_, reject) => {
    timer = clock.setTimeout(
      () => reject(new Error(`the store did not answer within ${STORE_TIMEOUT_MS} ms`)),
      STORE_TIMEOUT_MS,
    )
  })
  try {
    return await Promise.race([answer, timeIsUp])
  } finally {
    clock.clearTimeout(timer)
  }
}
