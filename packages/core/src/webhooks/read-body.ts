import type { Settings } from '../billing/settings.ts'
import type { Doctor } from '../doctor/doctor.ts'
import { isBillingError } from '../errors/billing-error.ts'
import type { Logger } from '../runtime/logger.ts'
import type { TransactionKind } from '../store/transaction.ts'
import type { Inbound } from './inbound.ts'
import type { Outcome } from './reply.ts'

/** Reads the body within the limits of size and time. */
export async function readBody<Tx extends TransactionKind>(
  inbound: Inbound,
  { clock, limits }: Pick<Settings<Tx>, 'clock' | 'limits'>,
): Promise<Uint8Array> {
  const deadline = new AbortController()
  const timer = clock.setTimeout(() => deadline.abort(), limits.bodyTimeoutMs)
  try {
    return await inbound.readBody({
      limitBytes: limits.bodyBytes,
      signal: deadline.signal,
    })
  } finally {
    clock.clearTimeout(timer)
  }
}

/** What to answer when the body could not be read: the sender's doing, or the application's. */
export function outcomeOfUnreadBody(
  error: unknown,
  doctor: Doctor,
  logger: Logger,
): Outcome {
  if (isBillingError(error)) {
    switch (error.code) {
      case 'body_aborted':
      case 'body_too_large':
      case 'body_too_late':
        doctor.report(error.code)
        return error.code
      case 'body_inexact':
        doctor.report(error.code, [error.message])
        return error.code
      case 'body_already_read':
        logger.error(error.message, { code: error.code })
        return error.code
    }
  }
  logger.error('the body of a webhook could not be read', { error })
  return 'internal_error'
}
