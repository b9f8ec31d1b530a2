import type { Settings } from '../billing/settings.ts'
import type { TimerHandle } from '../runtime/clock.ts'
import type { TransactionKind } from '../store/transaction.ts'

/** How long a store may take to answer, in milliseconds. Longer, and Stripe had better come again. */
const STORE_TIMEOUT_MS = 10_000

/** Waits for a store, but not for ever: one that hangs would hold the request, and with it the sender. */
export function answerOf<T, Tx extends TransactionKind>(
  answer: Promise<T>,
  { clock }: Pick<Settings<Tx>, 'clock'>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let isSettled = false
    let timer: TimerHandle
    const settle = () => {
      isSettled = true
      if (timer !== undefined) clock.clearTimeout(timer)
    }
    answer.then(
      (value) => {
        settle()
        resolve(value)
      },
      (error: unknown) => {
        settle()
        reject(error)
      },
    )
    // A store in memory has answered by then, and a timer costs more than its answer.
    queueMicrotask(() => {
      if (isSettled) return
      timer = clock.setTimeout(
        () => reject(new Error(`the store did not answer within ${STORE_TIMEOUT_MS} ms`)),
        STORE_TIMEOUT_MS,
      )
    })
  })
}
